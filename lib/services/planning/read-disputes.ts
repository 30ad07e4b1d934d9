import "server-only";

import type { PoolClient } from "pg";

import { isOfLiveNetwork } from "@/lib/db/queries/network-addresses";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { AllowlistEffect, AllowlistMatch } from "@/lib/domain/screening/allowlist";
import { createMatcher } from "@/lib/domain/screening/matcher";
import { createRecallFinder, type RecallRule } from "@/lib/domain/screening/recall";

type Value = { id: string; type: IndicatorType; value: string };
/** What another team says against blocking a value, in a sentence; null: none says anything. */
export type FindDispute = (value: Value) => string | null;

/**
 * What other teams of the installation say against blocking what a team has live, addresses of its networks among it, or these values
 * alone: that they withdrew it, that one of their recalls takes it back, or that one of their lists has it, each as that recall or list
 * compares. Of them nothing is told but that: no name, no reason. Run it as a step of the system's.
 */
export const readDisputes = async (
  client: PoolClient,
  teamId: string,
  ids: readonly string[] | null = null,
): Promise<FindDispute> => {
  const said = await readSaid(client, teamId, ids);
  const findByLists = await openOthersLists(client, teamId);
  return ({ id, type, value }) => {
    const one = said.get(id);
    const other = findByLists(type, value);
    const how = HOWS.find((name) => name === one || name === other);
    return how === undefined ? null : SENTENCES[how];
  };
};

/** The first comes before the others. */
const HOWS = ["recalled", "withdrawn", "allowed"] as const;
type How = (typeof HOWS)[number];

const SENTENCES: Readonly<Record<How, string>> = {
  recalled: "Another team of this installation recalled it as wrong.",
  withdrawn: "Another team of this installation withdrew it.",
  allowed: "Another team of this installation has it as allowed.",
};

/** By the number of the indicator's row, what is said of the very value. */
const readSaid = async (
  client: PoolClient,
  teamId: string,
  ids: readonly string[] | null,
): Promise<ReadonlyMap<string, How>> => {
  const { rows } = await client.query<{ id: string; how: How }>(
    `SELECT DISTINCT ON (said.id) said.id, said.how FROM (
       SELECT indicator_id AS id, 'withdrawn' AS how, 1 AS rank FROM tombstone WHERE team_id <> $1 AND lifted_at IS NULL
       UNION ALL
       SELECT indicator_id, 'allowed', 2 FROM claim WHERE team_id <> $1 AND action = 'Allowed'
     ) said
     CROSS JOIN LATERAL (SELECT $1::uuid AS team_id, said.id AS indicator_id) own
     WHERE ($2::bigint[] IS NULL OR said.id = ANY ($2)) AND (${isOfLiveNetwork("own")} OR EXISTS (
       SELECT FROM team_indicator mine WHERE mine.team_id = $1 AND mine.indicator_id = said.id AND mine.active))
     ORDER BY said.id, said.rank`,
    [teamId, ids],
  );
  return new Map(rows.map(({ id, how }) => [id, how]));
};

type ByLists = (type: IndicatorType, value: string) => "recalled" | "allowed" | null;

/** All other teams' recalls and lists, kept in this process until one of them changes. */
const openOthersLists = async (client: PoolClient, teamId: string): Promise<ByLists> => {
  const { rows } = await client.query<{ version: string }>(
    "SELECT concat_ws(' ', count(*), sum(screening_version)) AS version FROM team WHERE id <> $1",
    [teamId],
  );
  const version = rows[0]?.version ?? "";
  const known = kept.get(teamId);
  if (known?.version === version) return known.find;
  const find = await readOthersLists(client, teamId);
  kept.delete(teamId);
  kept.set(teamId, { version, find });
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return find;
};

const kept = new Map<string, { version: string; find: ByLists }>();
const MOST_KEPT = 10;

type ListRow = { id: string; match: AllowlistMatch; effect: AllowlistEffect; entries: string[] };

const readOthersLists = async (client: PoolClient, teamId: string): Promise<ByLists> => {
  const { rows: recalls } = await client.query<RecallRule>(
    `SELECT id, kind, value FROM recall
     WHERE team_id <> $1 AND lifted_at IS NULL AND NOT lapsed AND (until IS NULL OR until > now())`,
    [teamId],
  );
  const { rows: lists } = await client.query<ListRow>(
    `SELECT a.id, a.match, a.effect, array_agg(e.value) AS entries
     FROM allowlist a JOIN allowlist_entry e ON e.allowlist_id = a.id AND e.team_id = a.team_id
     WHERE a.team_id <> $1 AND a.deleted_at IS NULL AND a.effect <> 'warn' AND NOT e.lapsed
       AND (e.until IS NULL OR e.until > now())
     GROUP BY a.id`,
    [teamId],
  );
  const findRecall = createRecallFinder(recalls);
  const { listsWith } = createMatcher(lists.map((list) => ({ ...list, name: "" })));
  return (type, value) => {
    if (findRecall(type, value) !== null) return "recalled";
    return lists.length > 0 && listsWith(type, value).length > 0 ? "allowed" : null;
  };
};
