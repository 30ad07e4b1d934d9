import "server-only";

import { createHash } from "node:crypto";

import type { PoolClient } from "pg";

import { canonicalJson } from "@/lib/domain/canonical-json";
import { openBundled } from "@/lib/services/allowlists/open-bundled";
import { isSeenBy } from "@/lib/services/reconcile/foreign-records";
import manifest from "@/package.json";

import { versionSql } from "./part-digests";
import { hashPolicy, type PlanningConnector } from "./planning-connector";
import { readFeeds } from "./read-candidates";

/** To be raised when candidates are judged otherwise although nothing of them changed. */
const JUDGING = 4;

/** What all verdicts of a connector rest on alike. */
export type Background = {
  hash: string;
  /** The team's feeds. */
  feedIds: readonly string[];
  /** When an entry of a list or a recall ends, at the earliest; null: none does. */
  turnsAt: Date | null;
};

type Row = {
  server: string;
  lists: number;
  holds: string;
  others: string;
  fading: string;
  turnsAt: Date | null;
};

/** Reads what a connector's verdicts rest on besides the candidates themselves. */
export const readBackground = async (
  client: PoolClient,
  connector: PlanningConnector,
  now: Date,
): Promise<Background> => {
  const { teamId, destinationId, team, acceptsMd5, driftMode } = connector;
  const feeds = [...(await readFeeds(client, connector))].sort(([one], [other]) => (one < other ? -1 : 1));
  const { digest } = await openBundled();
  const { rows } = await client.query<Row>(
    // Versions of rows are told apart within one life of the server: a copy of its data counts anew.
    `SELECT pg_postmaster_start_time()::text AS server, t.screening_version AS lists,
       (SELECT bit_xor(${versionSql("h")})::text FROM withheld h WHERE h.team_id = $1 AND h.lifted_at IS NULL) AS holds,
       (SELECT bit_xor(${versionSql("d")})::text FROM decay_rule d WHERE d.team_id = $1) AS fading,
       (SELECT concat_ws(' ', count(*), bit_xor(${versionSql("f")})) FROM foreign_record f
        WHERE f.destination_id = $3 AND ${isSeenBy("$1")}) AS others,
       least(
         (SELECT min(e.until) FROM allowlist_entry e WHERE (e.team_id = $1 OR e.team_id IS NULL) AND NOT e.lapsed AND e.until >= $2),
         (SELECT min(r.until) FROM recall r WHERE (r.team_id = $1 OR r.team_id IS NULL) AND NOT r.lapsed AND r.until >= $2)
       ) AS "turnsAt"
     FROM team t WHERE t.id = $1`,
    [teamId, now, destinationId],
  );
  const [row] = rows;
  const { turnsAt = null, ...versions } = row ?? {};
  const facts = {
    judging: [JUDGING, manifest.version],
    policy: hashPolicy(connector, false),
    team: { ...team },
    acceptsMd5,
    driftMode,
    lists: digest,
    feeds: feeds.map(([id, { lookedAt, ...fact }]) => ({
      id,
      ...fact,
      lookedAt: lookedAt?.toJSON() ?? null,
    })),
    ...versions,
  };
  const hash = createHash("sha256").update(canonicalJson(facts)).digest("hex");
  return { hash, feedIds: feeds.map(([id]) => id), turnsAt };
};
