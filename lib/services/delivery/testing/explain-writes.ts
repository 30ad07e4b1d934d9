import { z } from "zod";

import { findUnsaid } from "./find-unsaid";
import { wishKey, type Asked, type Wish } from "./read-asked";
import type { Received } from "./remote";

type Evidence = {
  asked: Asked;
  /** By the ids of Defender's records, of what they were and whose application made them: all that any request made. */
  made: ReadonlyMap<string, { value: string; clientId: string }>;
};

/**
 * Each request that changes something, taken apart: what of it nobody asked for, in a sentence. Whatever is written for a value is written
 * while an applied plan about it is open: by an application whose connector wants it there, as somebody wants it under those device groups,
 * until then and in words of those who want it; or taken away because a plan, or a person who came after it, wants that, or to be made anew at once. What no plan was about is a
 * refresh, a removal of what nobody knew of, or a trial with a value of nobody, which the audit log had before it left.
 */
export const explainWrites = (journal: readonly Received[], asked: Asked): string[] => {
  const records = journal.flatMap((request) => request.records);
  const made = new Map(records.map(({ id, value, createdBy }) => [id, { value, clientId: createdBy }]));
  const evidence = { asked, made };
  const writes = journal.filter(isOurWrite).flatMap(toWrites);
  const unplanned = new Map<object, Set<string>>();
  const explain = (write: Write): string[] =>
    isOfTrial(write, evidence)
      ? []
      : write.kind === "delete"
        ? explainDelete(write, evidence, writes)
        : write.kind === "end"
          ? explainEnd(write, evidence)
          : explainPut(write, evidence, unplanned);
  return writes.flatMap(explain);
};

/** What a trial puts there, which is to end soon, and takes away again. */
const isOfTrial = (write: Write, { asked, made }: Evidence): boolean => {
  const value = write.kind === "delete" ? made.get(write.id)?.value : write.value;
  return asked.trials.some(
    (trial) => trial.value === value && trial.clientId === write.by && trial.at <= write.at,
  );
};

/** One record's part of a request. */
type Write = { at: number; by: string } & (
  | ({
      kind: "put";
      to: "defender";
      action: string;
      severity: string;
      groups: readonly string[];
    } & Said)
  | ({ kind: "put"; to: "sentinel" } & Said)
  | { kind: "end"; to: "defender" | "sentinel"; value: string }
  | { kind: "delete"; id: string }
);
/** `endsAt`: in milliseconds; null: never. */
type Said = { value: string; endsAt: number | null; title: string; description: string };
type Put = Extract<Write, { kind: "put" }>;

/** Those of the product: somebody at the portal signs in with the same applications. What never was let in changed nothing. */
const isOurWrite = ({ method, path, headers, principal }: Received): boolean =>
  headers["user-agent"] === "Sluice" &&
  principal !== null &&
  method !== "GET" &&
  /\/indicators(?:\/\w+)?$|\/BatchDelete$|:upload$/.test(path);

const toWrites = ({ method, path, body, principal, receivedAt }: Received): Write[] => {
  const base = { at: Date.parse(receivedAt), by: principal?.clientId ?? "" };
  if (method === "DELETE")
    return [{ ...base, kind: "delete", id: /\/indicators\/(\w+)$/.exec(path)?.[1] ?? path }];
  if (path.endsWith("/BatchDelete"))
    return batchDeleteSchema.parse(body).IndicatorIds.map((id) => ({ ...base, kind: "delete", id }));
  if (path.endsWith(":upload"))
    return uploadSchema.parse(body).stixobjects.flatMap((object): Write[] => {
      // Who sends introduces itself; that is no record.
      if (object.type !== "indicator") return [];
      const value = /'(.*)'/.exec(object.pattern)?.[1] ?? "";
      const to = "sentinel";
      if (endsSoon(object, object.modified)) return [{ ...base, kind: "end", to, value }];
      const { name: title, description, valid_until: until } = object;
      return [{ ...base, kind: "put", to, value, title, description, endsAt: toMoment(until) }];
    });
  const items = path.endsWith("/import") ? importSchema.parse(body).Indicators : [itemSchema.parse(body)];
  return items.map(({ indicatorValue: value, rbacGroupNames, expirationTime, ...item }): Write => {
    const to = "defender";
    if (endsSoon({ valid_until: expirationTime }, receivedAt)) return { ...base, kind: "end", to, value };
    const { action, severity, title, description } = item;
    const treated = { action, severity, groups: rbacGroupNames ?? [] };
    return {
      ...base,
      kind: "put",
      to,
      value,
      ...treated,
      title,
      description,
      endsAt: toMoment(expirationTime),
    };
  });
};

const toMoment = (time: string | null | undefined): number | null => (time == null ? null : Date.parse(time));

/** A record that is to stand ends days after it was sent. */
const endsSoon = (
  { revoked, valid_until: until }: { revoked?: boolean; valid_until?: string | null | undefined },
  sentAt: string,
): boolean => revoked === true || (until != null && Date.parse(until) < Date.parse(sentAt) + HOUR_MS);

const explainPut = (put: Put, { asked }: Evidence, unplanned: Map<object, Set<string>>): string[] => {
  const { at, by, value } = put;
  const wishes = asked.wishes.get(wishKey(put.to, value)) ?? [];
  const inForce = wishesInForce(wishes, at).filter(
    (wish) => wish.operation !== "remove" && (put.to === "sentinel" || isEqual(wish.groups, put.groups)),
  );
  if (!inForce.some(({ clientId }) => clientId === by))
    return [`${by} put ${value}, which no plan of its had then`];
  if (put.to === "defender") {
    if (!inForce.some(({ action }) => action === put.action))
      return [`${value} was put there as ${put.action}, which nobody wanted then`];
    if (!inForce.some(({ severity }) => severity === put.severity))
      return [`${value} was put there with severity ${put.severity}, which nobody wanted then`];
  }
  if (!inForce.some(({ endsAt }) => endsAt === put.endsAt))
    return [`${value} was put there until ${toWords(put.endsAt)}, which nobody wanted then`];
  const unsaid = findUnsaid(put, inForce);
  if (unsaid !== null)
    return [`${value} was put there naming ${unsaid}, which nobody who wanted it said then`];
  if (wishes.some((wish) => isOpen(wish, at) && (wish.clientId !== by || wish.operation !== "remove")))
    return [];
  const refresh = asked.refreshes.findLast(
    ({ clientId, at: begunAt }) => clientId === by && begunAt <= at && at < begunAt + MINUTE_MS,
  );
  if (put.to === "defender" || !refresh) return [`${value} was put there when no plan was open`];
  const refreshed = unplanned.get(refresh) ?? new Set();
  unplanned.set(refresh, refreshed.add(value));
  return refreshed.size > refresh.count ? [`${value} was refreshed beyond what the audit log has`] : [];
};

const explainEnd = (
  { at, by, to, value }: Extract<Write, { kind: "end" }>,
  { asked }: Evidence,
): string[] => {
  const isPlanned = (asked.wishes.get(wishKey(to, value)) ?? []).some(
    (wish) => isOpen(wish, at) && isToGo(wish) && (to === "defender" || wish.clientId === by),
  );
  const isRemoved = asked.removals.some(
    (removal) =>
      removal.clientId === by && removal.at <= at && removal.records.some((record) => record.value === value),
  );
  return isPlanned || isRemoved ? [] : [`${by} ended ${value}, which nobody wanted then`];
};

const explainDelete = (
  { at, by, id }: Extract<Write, { kind: "delete" }>,
  { asked, made }: Evidence,
  writes: readonly Write[],
): string[] => {
  const isRemoved = asked.removals.some(
    (removal) =>
      removal.clientId === by && removal.at <= at && removal.records.some(({ remoteId }) => remoteId === id),
  );
  if (isRemoved) return [];
  const record = made.get(id);
  if (record === undefined) return [`the record ${id}, which no request made, was deleted`];
  const { value, clientId } = record;
  if (clientId !== by) return [`${value} was deleted by another application than made it`];
  const open = (asked.wishes.get(wishKey("defender", value)) ?? []).filter((wish) => isOpen(wish, at));
  const isPutAgain = ({ endedAt }: Wish): boolean =>
    writes.some(
      (write) =>
        write.kind === "put" && write.value === value && write.at >= at && write.at <= (endedAt ?? Infinity),
    );
  return open.some((wish) => isToGo(wish) || isPutAgain(wish)) ? [] : [`${value} was deleted for no plan`];
};

/** It was applied by then, and not settled. */
const isOpen = ({ appliedAt, endedAt }: Wish, at: number): boolean =>
  appliedAt <= at && (endedAt === null || endedAt >= at);

/** A plan takes it away, or it was not to stand any more after all: what may have arrived of it is taken back. */
const isToGo = ({ operation, state }: Wish): boolean => operation === "remove" || state !== "accepted";

/** What each connector wants of a value at a moment: as was settled last, and whatever is open. */
const wishesInForce = (wishes: readonly Wish[], at: number): Wish[] => {
  const settled = new Map<string, Wish>();
  for (const wish of wishes) {
    const { clientId, endedAt, state } = wish;
    if (endedAt === null || endedAt >= at || (state !== "accepted" && state !== "removed")) continue;
    if (endedAt >= (settled.get(clientId)?.endedAt ?? 0)) settled.set(clientId, wish);
  }
  const standing = [...settled.values()].filter(({ state }) => state === "accepted");
  return [...standing, ...wishes.filter((wish) => isOpen(wish, at))];
};

const toWords = (moment: number | null): string =>
  moment === null ? "for ever" : new Date(moment).toISOString();

const isEqual = (some: readonly string[], others: readonly string[]): boolean =>
  some.toSorted().join("\n") === others.toSorted().join("\n");

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const itemSchema = z.looseObject({
  indicatorValue: z.string(),
  action: z.string(),
  severity: z.string(),
  rbacGroupNames: z.array(z.string()).nullish(),
  expirationTime: z.string().nullish(),
  title: z.string(),
  description: z.string(),
});
const importSchema = z.object({ Indicators: z.array(itemSchema) });
const batchDeleteSchema = z.object({ IndicatorIds: z.array(z.coerce.string()) });
const stixSchema = z.looseObject({
  type: z.string(),
  pattern: z.string().default(""),
  name: z.string().default(""),
  description: z.string().default(""),
  modified: z.string().default(""),
  valid_until: z.string().optional(),
  revoked: z.boolean().default(false),
});
const uploadSchema = z.object({ stixobjects: z.array(stixSchema) });
