import { z } from "zod";

import { isIntroduction, type Received } from "./remote";

// What requests carried, read from the sandbox's journal alone.

const itemSchema = z.looseObject({
  indicatorValue: z.string(),
  action: z.string().optional(),
  rbacGroupNames: z.array(z.string()).nullish(),
});
const importSchema = z.object({ Indicators: z.array(itemSchema) });
const uploadSchema = z.object({
  stixobjects: z.array(
    z.looseObject({
      id: z.string(),
      pattern: z.string().default(""),
      modified: z.coerce.date(),
      valid_until: z.coerce.date().optional(),
      revoked: z.boolean().optional(),
    }),
  ),
});
const deletionSchema = z.object({ IndicatorIds: z.array(z.coerce.string()) });

const toValue = (pattern: string): string => /'(.*)'/.exec(pattern)?.[1] ?? "";

/** The values that a request writes to a destination. */
export const valuesOf = ({ body, method }: Received): string[] => {
  if (method !== "POST" || isIntroduction(body)) return [];
  const imported = importSchema.safeParse(body);
  if (imported.success) return imported.data.Indicators.map(({ indicatorValue }) => indicatorValue);
  const uploaded = uploadSchema.safeParse(body);
  if (uploaded.success) return uploaded.data.stixobjects.map(({ pattern }) => toValue(pattern));
  const single = itemSchema.safeParse(body);
  return single.success ? [single.data.indicatorValue] : [];
};

/**
 * What a request makes of one record: `name` tells the records apart, `state` what becomes of one, but for the time of sending. Defender
 * takes a value under another action or other device groups for another record.
 */
type Wish = { value: string; name: string; state: string };

const putsOf = ({ body, method }: Received): Wish[] => {
  if (method !== "POST" || isIntroduction(body)) return [];
  const imported = importSchema.safeParse(body);
  if (imported.success) return imported.data.Indicators.map(toPut);
  const uploaded = uploadSchema.safeParse(body);
  if (uploaded.success) return uploaded.data.stixobjects.map(toVersion);
  const single = itemSchema.safeParse(body);
  return single.success ? [toPut(single.data)] : [];
};

const toPut = (item: z.output<typeof itemSchema>): Wish => {
  const { indicatorValue: value, action, rbacGroupNames } = item;
  const name = JSON.stringify([value, action, rbacGroupNames?.toSorted() ?? []]);
  return { value, name, state: JSON.stringify(item) };
};

/** What ends does so at another time whenever it is sent. */
const toVersion = ({
  id,
  modified,
  ...object
}: z.output<typeof uploadSchema>["stixobjects"][number]): Wish => {
  const isEnd = object.valid_until !== undefined && object.valid_until <= modified;
  const value = toValue(object.pattern);
  if (object.revoked === true) return { value, name: id, state: "revoked" };
  return { value, name: id, state: isEnd ? "ended" : JSON.stringify(object) };
};

/** The ids that a request deletes at Defender. */
const deletedBy = ({ body, method, path }: Received): string[] => {
  const [, single] = /\/indicators\/(\d+)$/.exec(path) ?? [];
  if (method === "DELETE" && single !== undefined) return [single];
  if (method !== "POST" || !path.endsWith("/BatchDelete")) return [];
  return deletionSchema.safeParse(body).data?.IndicatorIds ?? [];
};

const isAnswered = ({ status, fault }: Received): boolean =>
  status !== null && status < 300 && fault === null;

/** Of which value; of Defender's id, where nobody knows its value. */
export type SentAgain = { value: string; what: string };

/**
 * What was put there, ended or deleted once more although an answer had said that it was, each time it was. `valueOf`: the values of
 * Defender's ids, as far as they are known; whoever deletes an id of another value may make any of them anew.
 */
export const findSentAgain = (
  journal: readonly Received[],
  valueOf: ReadonlyMap<string, string>,
): SentAgain[] => {
  const standing = new Map<string, Wish>();
  const deleted = new Set<string>();
  const again: SentAgain[] = [];
  for (const request of journal) {
    const ids = deletedBy(request);
    for (const id of ids)
      if (deleted.has(id)) again.push({ value: valueOf.get(id) ?? id, what: `${id} deleted` });
    if (isAnswered(request))
      for (const id of ids) {
        deleted.add(id);
        const value = valueOf.get(id);
        // Under which action and groups it stood no id tells.
        for (const [name, wish] of standing)
          if (value === undefined || wish.value === value) standing.delete(name);
      }
    // Which of them are not known is told by asking for fewer.
    else if (request.status === 404) for (const id of ids) deleted.delete(id);
    for (const wish of putsOf(request)) {
      const { value, name, state } = wish;
      if (standing.get(name)?.state === state) again.push({ value, what: `${name} ${state}` });
      if (isAnswered(request)) standing.set(name, wish);
    }
  }
  return again;
};
