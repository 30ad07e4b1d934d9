import type { Client } from "pg";
import { z } from "zod";

import type { World } from "./world";

// What the audit log says was to be written at destinations, read once everything is over.

/** What one applied plan asked for of one value, for one connector's application, and what became of that. */
export type Wish = {
  operation: "add" | "change" | "remove";
  action: string | null;
  severity: string | null;
  /** Under which its record stands; none for the connector's own, which has none here. */
  groups: readonly string[];
  /** When it is to end, and what it says of itself; null for a removal. Moments are milliseconds. */
  endsAt: number | null;
  words: { team: string; feeds: readonly string[]; confidence: number } | null;
  clientId: string;
  /** Milliseconds of this machine's clock. */
  appliedAt: number;
  /** Null while it is open. */
  endedAt: number | null;
  state: string;
};
/** What a connector's application began to send once more as it stands, up to so many. */
type Refresh = { clientId: string; at: number; count: number };
/** A value of no indicator, by which a connector's application began to try whether its tenant takes MD5. */
type Trial = { clientId: string; at: number; value: string };
/** Records that nobody knew of and that were decided to be removed, by a person or since they had been deleted before. */
type StrangerRemoval = {
  clientId: string;
  isByPerson: boolean;
  at: number;
  records: readonly { remoteId: string; value: string }[];
};

export type Asked = {
  /** By kind of destination and value (`wishKey`), in the order in which they were applied. */
  wishes: ReadonlyMap<string, readonly Wish[]>;
  refreshes: readonly Refresh[];
  trials: readonly Trial[];
  removals: readonly StrangerRemoval[];
};

export const wishKey = (kind: string, value: string): string => `${kind} ${value}`;

type Owner = { asOwner: <T>(run: (client: Client) => Promise<T>) => Promise<T> };

/** Reads what was applied in any push of the two teams, and what was written without a plan. */
export const readAsked = async (database: Owner, { sides }: World): Promise<Asked> => {
  const teamIds = sides.map(({ team }) => team.id);
  return database.asOwner(async (client) => {
    const applied = await client.query(
      `SELECT c.kind::text, v.value, n.operation, n.action, n.severity, n.content->'deviceGroups' AS groups,
         n.expires_at AS "endsAt", n.content AS words, c.client_id AS "clientId", a.at AS "appliedAt", i.finished_at AS "endedAt", i.state::text AS state
       FROM audit_entry a JOIN push p ON p.id::text = a.subject_id JOIN connector c ON c.id = p.connector_id
       JOIN push_item i ON i.push_id = p.id JOIN indicator v ON v.id = i.indicator_id
       JOIN plan_item n ON n.plan_id = p.plan_id AND n.indicator_id = i.indicator_id
       WHERE a.action = 'plan.apply' AND a.subject_type = 'push' AND a.team_id = ANY ($1) ORDER BY a.at, a.id`,
      [teamIds],
    );
    const others = await client.query(
      `SELECT a.action, a.at, a.detail, a.actor_id IS NOT NULL AS "isByPerson", c.client_id AS "clientId"
       FROM audit_entry a JOIN connector c ON c.id::text = a.subject_id
       WHERE a.action IN ('connector.refresh-begin', 'connector.try-md5-begin', 'stranger.remove') AND a.team_id = ANY ($1) ORDER BY a.at, a.id`,
      [teamIds],
    );
    const wishes = new Map<string, Wish[]>();
    for (const { kind, value, ...wish } of z.array(appliedSchema).parse(applied.rows)) {
      const key = wishKey(kind, value);
      wishes.set(key, [...(wishes.get(key) ?? []), wish]);
    }
    const entries = z.array(entrySchema).parse(others.rows);
    return {
      wishes,
      refreshes: entries.flatMap(({ clientId, at, ...entry }) =>
        entry.action === "connector.refresh-begin" ? [{ clientId, at, count: entry.detail.taken }] : [],
      ),
      trials: entries.flatMap(({ clientId, at, ...entry }) =>
        entry.action === "connector.try-md5-begin" ? [{ clientId, at, value: entry.detail.value }] : [],
      ),
      removals: entries.flatMap(({ clientId, at, ...entry }) =>
        entry.action === "stranger.remove"
          ? [{ clientId, at, isByPerson: entry.isByPerson, records: entry.detail.records }]
          : [],
      ),
    };
  });
};

const moment = z.date().transform((at) => at.getTime());
const appliedSchema = z.object({
  kind: z.string(),
  value: z.string(),
  operation: z.enum(["add", "change", "remove"]),
  action: z.string().nullable(),
  severity: z.string().nullable(),
  groups: z
    .array(z.string())
    .nullable()
    .transform((groups) => groups ?? []),
  endsAt: moment.nullable(),
  words: z
    .object({
      team: z.object({ name: z.string() }),
      feeds: z.array(z.object({ name: z.string() })),
      confidence: z.number(),
    })
    .nullable()
    .transform((content) =>
      content === null
        ? null
        : {
            ...{ team: content.team.name, feeds: content.feeds.map(({ name }) => name) },
            confidence: content.confidence,
          },
    ),
  clientId: z.string(),
  appliedAt: moment,
  endedAt: moment.nullable(),
  state: z.string(),
});
const entry = { at: moment, clientId: z.string() };
const entrySchema = z.discriminatedUnion("action", [
  z.object({
    ...{ ...entry, action: z.literal("connector.refresh-begin") },
    detail: z.object({ taken: z.number() }),
  }),
  z.object({
    ...{ ...entry, action: z.literal("connector.try-md5-begin") },
    detail: z.object({ value: z.string() }),
  }),
  z.object({
    ...{ ...entry, action: z.literal("stranger.remove"), isByPerson: z.boolean() },
    detail: z.object({ records: z.array(z.object({ remoteId: z.string(), value: z.string() })) }),
  }),
]);
