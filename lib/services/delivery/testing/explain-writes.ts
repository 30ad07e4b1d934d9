import type { Client } from "pg";
import { z } from "zod";

import type { Received } from "./remote";
import type { World } from "./world";

/** What applied plans asked for of one value at one kind of destination, by applications, as the audit log names their pushes. */
type Wish = { operation: string; action: string | null; severity: string | null; clientId: string };
export type Asked = ReadonlyMap<string, readonly Wish[]>;

const keyOf = (kind: string, value: string): string => `${kind} ${value}`;

/** Reads what the audit log says was applied, in any push of the two teams. */
export const readAsked = async (
  database: { asOwner: <T>(run: (client: Client) => Promise<T>) => Promise<T> },
  { sides }: World,
): Promise<Asked> => {
  const { rows } = await database.asOwner((client) =>
    client.query<Wish & { kind: string; value: string }>(
      `SELECT c.kind::text, v.value, n.operation, n.action, n.severity, c.client_id AS "clientId"
       FROM audit_entry a JOIN push p ON p.id::text = a.subject_id JOIN connector c ON c.id = p.connector_id
       JOIN push_item i ON i.push_id = p.id JOIN indicator v ON v.id = i.indicator_id
       JOIN plan_item n ON n.plan_id = p.plan_id AND n.indicator_id = i.indicator_id
       WHERE a.action = 'plan.apply' AND a.subject_type = 'push' AND a.team_id = ANY ($1)`,
      [sides.map(({ team }) => team.id)],
    ),
  );
  const asked = new Map<string, Wish[]>();
  for (const { kind, value, ...wish } of rows) {
    const key = keyOf(kind, value);
    asked.set(key, [...(asked.get(key) ?? []), wish]);
  }
  return asked;
};

type Evidence = {
  asked: Asked;
  /** Values by the ids of records that were seen to be ours. */
  ours: ReadonlyMap<string, string>;
  strangers: readonly { id: string }[];
};

/**
 * Each request that changes something, taken apart: what of it nobody asked for, in a sentence. What is put there was added or changed by
 * an applied plan of that application's connector, and is treated as some applied plan wants it; what is deleted is ours, and of a
 * value that plans were about.
 */
export const explainWrites = (journal: readonly Received[], evidence: Evidence): string[] =>
  journal.filter(isOurWrite).flatMap((request) => {
    const { method, path, body } = request;
    const clientId = request.principal?.clientId ?? "";
    if (method === "DELETE") return explainDelete(/\/indicators\/(\w+)$/.exec(path)?.[1] ?? path, evidence);
    if (path.endsWith("/BatchDelete"))
      return batchDeleteSchema.parse(body).IndicatorIds.flatMap((id) => explainDelete(id, evidence));
    if (path.endsWith(":upload"))
      return uploadSchema
        .parse(body)
        .stixobjects.flatMap(({ type, pattern }) =>
          type === "indicator" ? explainUpload(/'(.*)'/.exec(pattern)?.[1] ?? "", clientId, evidence) : [],
        );
    const items = path.endsWith("/import") ? importSchema.parse(body).Indicators : [itemSchema.parse(body)];
    return items.flatMap((item) => explainPut(item, clientId, evidence));
  });

/** Those of the product: somebody at the portal signs in with the same applications. What never was let in changed nothing. */
const isOurWrite = ({ method, path, headers, principal }: Received): boolean =>
  headers["user-agent"] === "Sluice" &&
  principal !== null &&
  method !== "GET" &&
  /\/indicators(?:\/\w+)?$|\/BatchDelete$|:upload$/.test(path);

const explainPut = (
  { indicatorValue: value, action, severity }: Item,
  by: string,
  { asked }: Evidence,
): string[] => {
  const wishes = asked.get(keyOf("defender", value)) ?? [];
  const puts = wishes.filter(({ operation }) => operation === "add" || operation === "change");
  if (!puts.some(({ clientId }) => clientId === by)) return [`${by} put ${value}, which no plan of its had`];
  if (!puts.some((wish) => wish.action === action))
    return [`${value} was put there as ${action}, which nobody wanted`];
  if (!puts.some((wish) => wish.severity === severity))
    return [`${value} was put there with severity ${severity}, which nobody wanted`];
  return [];
};

const explainUpload = (value: string, by: string, { asked }: Evidence): string[] => {
  const wishes = asked.get(keyOf("sentinel", value)) ?? [];
  return wishes.some(({ clientId }) => clientId === by)
    ? []
    : [`${by} uploaded ${value}, which no plan of its had`];
};

const explainDelete = (id: string, { asked, ours, strangers }: Evidence): string[] => {
  if (strangers.some((stranger) => stranger.id === id))
    return [`the record ${id} of somebody else was deleted`];
  // One that came and went between two looks was nobody's but ours: nobody else makes any meanwhile.
  const value = ours.get(id);
  return value === undefined || asked.has(keyOf("defender", value))
    ? []
    : [`${value} was deleted for no plan`];
};

const itemSchema = z.looseObject({ indicatorValue: z.string(), action: z.string(), severity: z.string() });
type Item = z.output<typeof itemSchema>;
const importSchema = z.object({ Indicators: z.array(itemSchema) });
const batchDeleteSchema = z.object({ IndicatorIds: z.array(z.coerce.string()) });
const uploadSchema = z.object({
  stixobjects: z.array(z.looseObject({ type: z.string(), pattern: z.string().default("") })),
});
