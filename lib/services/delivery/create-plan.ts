import "server-only";

import { createHash, randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { describeCut, type PlanBudget } from "@/lib/domain/selection/cut";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import { dropEntriesOfStage, readCutOf } from "./budget-entries";
import { readWeights } from "./budget-settings";
import { allCandidateIds, listedIds, standingIds } from "./candidate-ids";
import { fitIntoBudget } from "./fit-into-budget";
import { judgeCandidates, toUnwanted, type Judged } from "./judge-candidates";
import { createStage, stageItems, writeItems } from "./plan-stage";
import { hashPolicy, readPlanningConnector, type PlanningConnector } from "./planning-connector";
import { rankCandidates, type Wish } from "./rank-candidates";
import { wantPrevalence } from "./want-prevalence";

export type PlanCounts = { add: number; change: number; remove: number; keep: number; blocked: number };
export type MadePlan = {
  id: string;
  connectorId: string;
  hash: string;
  counts: PlanCounts;
  blockedByReason: Record<string, number>;
  /** How many of each operation have which reason. */
  changesByReason: ChangesByReason;
};
export type ChangesByReason = Partial<
  Record<"add" | "change" | "remove", Record<string, number> | undefined>
>;

type Options = {
  connectorId: string;
  teamId: string;
  doer: Doer;
  /** Plans to take back all that the connector has sent, before it is deleted or moved. */
  isWithdrawal?: boolean;
  /**
   * Of these values alone: a recall takes back what of them is not wanted any more and brings nothing, what a person saved is
   * brought as well. Numbers of their rows in PostgreSQL, in their order. A plan that finds nothing to do is not kept.
   */
  only?: { ids: readonly string[]; operations: "remove" | "all" };
  /** What was held back, where the plan takes that back. */
  withheldId?: string;
  now?: Date;
};

/**
 * Compares what the team wants at a destination with what it has there, and keeps each difference and each candidate that
 * stays out with its reason. Changes nothing outside. The hash is over policy and items: equal plans have equal hashes.
 */
export const createPlan = async ({
  connectorId,
  teamId,
  doer,
  isWithdrawal = false,
  only,
  withheldId,
  now = new Date(),
}: Options): Promise<MadePlan> =>
  bulkAsTeam(teamId, async (client) => {
    const connector = await readPlanningConnector(client, { connectorId, teamId });
    const policyHash = hashPolicy(connector, isWithdrawal);
    const tally = createTally(policyHash);
    await createStage(client);
    const changesSeen =
      only === undefined ? connector.changeCount : await readChangesSeen(client, connectorId);
    const budget = await stagePlan(client, { connector, isWithdrawal, only, now, tally });
    const id = randomUUID();
    const { hash, counts, blockedByReason, changesByReason } = tally.finish();
    const made = { id, connectorId, hash, counts, blockedByReason, changesByReason };
    const isIdle = counts.add + counts.change + counts.remove === 0;
    if (only !== undefined && isIdle) return made;
    if (!isWithdrawal) await wantPrevalence(client, connector, now);
    const known =
      isIdle &&
      doer.id === null &&
      !isWithdrawal &&
      (await takeKnown(client, made, { budget, changesSeen, now }));
    if (known) return { ...made, id: known };
    // All else that stands there stays: what share this takes is asked before it is applied.
    if (only !== undefined && (withheldId !== undefined || hasShareLimit(connector)))
      counts.keep = await countOthers(client, connectorId, counts);
    await client.query(
      `INSERT INTO plan (id, connector_id, team_id, hash, policy_hash, add, change, remove, keep, blocked,
         blocked_by_reason, budget, created_at, created_by, changes_seen, partial, changes_by_reason, withheld_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
      [
        ...[id, connectorId, teamId, hash, policyHash],
        ...[counts.add, counts.change, counts.remove, counts.keep, counts.blocked],
        ...[JSON.stringify(blockedByReason), budget && JSON.stringify(budget)],
        ...[now, doer.id, changesSeen, only !== undefined],
        ...[JSON.stringify(changesByReason), withheldId ?? null],
      ],
    );
    await writeItems(client, id, teamId);
    const subject = { type: "plan", id };
    const detail = { connector: connector.name, connectorId, isWithdrawal, ...counts };
    await recordAuditSql(client, { teamId, doer, action: "plan.create", subject, detail }, now);
    return made;
  });

type Freshness = { budget: PlanBudget | null; changesSeen: number; now: Date };

/**
 * The id of the newest plan, where that is the system's own, changes nothing and says the same: it is as good as new, so that
 * looking again and again writes none of the many that stay out. Null where there is none.
 */
const takeKnown = async (
  client: PoolClient,
  { connectorId, hash, counts }: MadePlan,
  { budget, changesSeen, now }: Freshness,
): Promise<string | null> => {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE plan SET created_at = $3, changes_seen = $4, budget = $5, keep = $6
     WHERE id = (SELECT id FROM plan WHERE connector_id = $1 AND NOT partial ORDER BY created_at DESC LIMIT 1)
       AND hash = $2 AND state = 'draft' AND created_by IS NULL RETURNING id`,
    [connectorId, hash, now, changesSeen, budget && JSON.stringify(budget), counts.keep],
  );
  return rows[0]?.id ?? null;
};

type Staging = Required<Pick<Options, "isWithdrawal" | "now">> & {
  connector: PlanningConnector;
  only: Options["only"];
  tally: Tally;
};

/** Judges all candidates into the stage and counts them; gives what the plan took of the destination's places. */
const stagePlan = async (client: PoolClient, staging: Staging): Promise<PlanBudget | null> => {
  const { connector, isWithdrawal, only, now, tally } = staging;
  const isLimited = connector.policy.kind === "defender";
  if (isLimited && !isWithdrawal && only === undefined) return stageWithinBudget(client, staging);
  const all = isWithdrawal ? standingIds(client, connector) : allCandidateIds(client, connector);
  const nextIds = only === undefined ? all : listedIds(only.ids);
  const judging = { connector, isWithdrawal, isUrgent: only !== undefined, now };
  // What the last choice left out is not brought by saving it again; what is new goes at once, and is ranked by the next plan.
  const cut = only && isLimited ? await readCutOf(client, connector, only.ids) : NOTHING;
  for await (const judged of judgeCandidates(client, nextIds, judging)) {
    const page = only === undefined ? judged : judged.filter(isPlanned(only.operations, cut));
    tally.count(page);
    await stageItems(client, page);
  }
  if (only !== undefined && isLimited) await dropEntriesOfStage(client, connector);
  return null;
};

const NOTHING: ReadonlySet<string> = new Set();

/** What a plan of some values holds of them: why others stay out is for the ordinary plan to say. */
const isPlanned =
  (operations: "remove" | "all", cut: ReadonlySet<string>) =>
  ({ id, operation }: Judged): boolean =>
    operation === "remove" ||
    (operations === "all" && (operation === "add" || operation === "change") && !cut.has(id));

/** Where places are limited: first what is wanted at all, then what has no place, then how the chosen are to stand. */
const stageWithinBudget = async (
  client: PoolClient,
  { connector, now, tally }: Staging,
): Promise<PlanBudget> => {
  const weights = await readWeights(client, connector.destinationId);
  const wishes: Wish[] = [];
  const ranking = rankCandidates(client, allCandidateIds(client, connector), { connector, weights, now });
  for await (const page of ranking) {
    for (const wish of page.wishes) wishes.push(wish);
    tally.count(page.unwanted);
    await stageItems(client, page.unwanted);
  }
  const { cuts, budget } = await fitIntoBudget(client, { connector, wishes, now });
  const chosen: string[] = [];
  const cut: Judged[] = [];
  for (const wish of wishes) {
    const why = cuts.get(wish.id);
    if (why) cut.push(toUnwanted(wish, { code: why.code, reason: describeCut(why) }));
    else chosen.push(wish.id);
  }
  tally.count(cut);
  await stageItems(client, cut, cuts);
  const judging = { connector, isWithdrawal: false, now };
  for await (const page of judgeCandidates(client, listedIds(chosen), judging)) {
    tally.count(page);
    await stageItems(client, page);
  }
  return budget;
};

/**
 * What the connector's newest plan that was carried out has seen: one of some candidates alone has seen no more. A draft that
 * waits for a person has changed nothing yet.
 */
const readChangesSeen = async (client: PoolClient, connectorId: string): Promise<number> => {
  const { rows } = await client.query<{ seen: number }>(
    `SELECT changes_seen AS seen FROM plan
     WHERE connector_id = $1 AND NOT partial AND (state = 'applied' OR add + change + remove = 0)
     ORDER BY created_at DESC LIMIT 1`,
    [connectorId],
  );
  return rows[0]?.seen ?? 0;
};

const hasShareLimit = ({ approval, automaticLimits }: PlanningConnector): boolean =>
  [approval, automaticLimits].some((limits) => limits !== null && limits.maxRemovedPercent !== null);

const countOthers = async (
  client: PoolClient,
  connectorId: string,
  { change, remove }: PlanCounts,
): Promise<number> => {
  const { rows } = await client.query<{ standing: number }>(
    "SELECT count(*)::int AS standing FROM claim WHERE connector_id = $1",
    [connectorId],
  );
  return Math.max(0, (rows[0]?.standing ?? 0) - change - remove);
};

type Tally = ReturnType<typeof createTally>;

const createTally = (policyHash: string) => {
  const counts: PlanCounts = { add: 0, change: 0, remove: 0, keep: 0, blocked: 0 };
  const byReason = new Map<string, Map<string, number>>();
  const hash = createHash("sha256").update(policyHash);
  return {
    count: (page: readonly Judged[]): void => {
      let text = "";
      for (const judged of page) {
        counts[judged.operation] += 1;
        if (judged.operation === "keep") continue;
        const { key, operation, code, reason, desiredHash, claimHash } = judged;
        const reasons = byReason.get(operation) ?? new Map<string, number>();
        byReason.set(operation, reasons.set(code, (reasons.get(code) ?? 0) + 1));
        text += `\n${key} ${operation} ${code} ${desiredHash ?? "-"} ${claimHash ?? "-"}`;
        if (operation === "blocked") text += ` ${reason}`;
      }
      hash.update(text);
    },
    finish: () => {
      const { blocked = {}, ...changesByReason } = Object.fromEntries(
        [...byReason].map(([operation, reasons]) => [operation, mostFirst(reasons)]),
      );
      return { hash: hash.digest("hex"), counts, blockedByReason: blocked, changesByReason };
    },
  };
};

const mostFirst = (reasons: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...reasons].sort(([, one], [, other]) => other - one));
