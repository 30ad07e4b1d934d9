import "server-only";

import type { PoolClient } from "pg";

import { hasHolds, heldBecause } from "@/lib/db/queries/withheld";
import { CUT_CODES } from "@/lib/domain/selection/budget";

import { listedIds } from "@/lib/services/planning/candidate-ids";
import { isHeldThere, judgeCandidates, type Judged } from "@/lib/services/planning/judge-candidates";
import { readPlanningConnector } from "@/lib/services/planning/planning-connector";
import type { OpenPush } from "./push-lease";
import type { BatchItem } from "./read-batch";

/**
 * What of a batch is not to be sent as it was planned, by the numbers of its rows, each with the reason: a removal of what is wanted
 * again by now, and what is vouched for by others as well but was planned with the words of a feed that is held back since.
 */
export const reconsider = async (
  client: PoolClient,
  push: OpenPush,
  items: readonly BatchItem[],
  now: Date,
): Promise<ReadonlyMap<string, string>> => {
  const removals = items.filter(
    ({ operation, code, moves }) => operation === "remove" && !moves && !STANDS_FAST.has(code),
  );
  const held = await findHeld(client, push, items);
  if (removals.length + held.size === 0) return new Map();
  const connector = await readPlanningConnector(client, push);
  const judge = async (ids: readonly string[], at: Date): Promise<Judged[]> => {
    const judged: Judged[] = [];
    const options = { connector, isWithdrawal: false, triesLeftOut: true, now: at };
    for await (const page of judgeCandidates(client, listedIds(ids), options)) judged.push(...page);
    return judged;
  };
  const reasons = new Map<string, string>();
  for (const judged of await judge(removals.map(toId), now))
    if (isHeldThere(judged) || (judged.operation !== "remove" && judged.operation !== "blocked"))
      reasons.set(judged.id, WANTED_AGAIN);
  // As of the time of planning, so that nothing but the hold makes a difference.
  const planned = await readPlanned(client, push.planId, [...held.keys()]);
  for (const { id, desiredHash } of await judge([...held.keys()], planned.at))
    if (desiredHash !== planned.hashes.get(id)) reasons.set(id, `${HELD_IN_PART} ${held.get(id) ?? ""}`);
  return reasons;
};

/** Why something is removed whatever its sources say now: everything is taken back, or others have its place. */
const STANDS_FAST: ReadonlySet<string> = new Set(["taken-back", ...CUT_CODES]);
const WANTED_AGAIN = "It was wanted again before its removal was sent; it stays.";
const HELD_IN_PART = "A person held back a feed that it was to be sent with; the next plan sends it without:";

const toId = ({ indicatorId }: BatchItem): string => indicatorId;

/** What is to be put there and is held back in part or as a whole, with the reason. */
const findHeld = async (
  client: PoolClient,
  { teamId }: OpenPush,
  items: readonly BatchItem[],
): Promise<ReadonlyMap<string, string>> => {
  const ids = items.filter(({ operation }) => operation !== "remove").map(toId);
  if (ids.length === 0 || !(await hasHolds(client, teamId))) return new Map();
  const { rows } = await client.query<{ id: string; because: string }>(
    `SELECT id, min(because) AS because FROM (
       SELECT a.indicator_id AS id, ${heldBecause("a")} AS because FROM attribution a
       WHERE a.team_id = $1 AND a.indicator_id = ANY ($2::bigint[]) AND a.until_generation IS NULL
     ) v WHERE because IS NOT NULL GROUP BY id ORDER BY id`,
    [teamId, ids],
  );
  return new Map(rows.map(({ id, because }) => [id, because]));
};

type Planned = { at: Date; hashes: ReadonlyMap<string, string> };

const readPlanned = async (client: PoolClient, planId: string, ids: readonly string[]): Promise<Planned> => {
  const { rows } = await client.query<{ at: Date; id: string | null; hash: string | null }>(
    `SELECT p.created_at AS at, i.indicator_id AS id, encode(i.desired_hash, 'hex') AS hash
     FROM plan p LEFT JOIN plan_item i ON i.plan_id = p.id AND i.indicator_id = ANY ($2::bigint[]) WHERE p.id = $1`,
    [planId, ids],
  );
  const hashes = rows.flatMap(({ id, hash }) => (id === null || hash === null ? [] : [[id, hash] as const]));
  return { at: rows[0]?.at ?? new Date(0), hashes: new Map(hashes) };
};
