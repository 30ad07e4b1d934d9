import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { nextId } from "@/lib/db/next-id";
import { bulkAsTeam } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import type { PlanBudget } from "@/lib/domain/selection/cut";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import { dropEntriesOfStage, readCutOf } from "@/lib/services/budget/budget-entries";
import { allCandidateIds, candidateIdsIn, listedIds, standingIds } from "./candidate-ids";
import { withAddresses } from "./choose-networks";
import { fitIntoBudget } from "@/lib/services/budget/fit-into-budget";
import { lookBeforePlanning } from "@/lib/services/reconcile/look-around";
import { judgeCandidates, type Judged } from "./judge-candidates";
import { readBackground } from "./plan-background";
import { ForgottenError, openMemory, takeOver, type Memory } from "./plan-memory";
import { createParts, sumUp, type ChangesByReason, type Part, type PlanCounts } from "./plan-parts";
import { createStage, createStager, writeItems } from "./plan-stage";
import { hashPolicy, readPlanningConnector, type PlanningConnector } from "./planning-connector";
import { rankWanted } from "@/lib/services/budget/rank-wanted";
import { forgetRefusals } from "./refused-hash";
import { settleTakenBack } from "./settle-taken-back";
import { watchPlan, type PlanWatch } from "./slow-plan";
import { wantPrevalence } from "./want-prevalence";

export type MadePlan = {
  id: string;
  connectorId: string;
  hash: string;
  counts: PlanCounts;
  blockedByReason: Record<string, number>;
  /** How many of each operation have which reason. */
  changesByReason: ChangesByReason;
};

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
  /** That it goes was decided already, as by a recall: it is applied at once, and nobody else has it to look at. */
  isDecided?: boolean;
  /** What the destination refused for good is tried once more. */
  retriesRefused?: boolean;
  /** What was held back, where the plan takes that back. */
  withheldId?: string;
  /** Whatever the newest plan knows, everything is judged anew. */
  isAfresh?: boolean;
  /** A plan that takes longer says in the log why. */
  slowAfterMs?: number;
  now?: Date;
};

/**
 * Compares what the team wants at a destination with what it has there, and keeps each difference and each candidate that
 * stays out with its reason. Changes nothing outside. The hash is over policy and items: equal plans have equal hashes.
 */
export const createPlan = async (options: Options): Promise<MadePlan> => {
  const { connectorId, teamId, isWithdrawal = false, only } = options;
  const bringsNothing = isWithdrawal || only?.operations === "remove";
  return watchPlan(options, async (watch) => {
    watch.enter("look");
    const unreadBecause = bringsNothing ? null : await lookBeforePlanning(connectorId, teamId);
    const make = (isAfresh: boolean): Promise<MadePlan> => {
      watch.enter("connection");
      const making = { ...options, isAfresh, unreadBecause, watch };
      return bulkAsTeam(teamId, (client) => watch.follow(client, () => makePlan(client, making)));
    };
    try {
      return await make(options.isAfresh ?? false);
    } catch (error) {
      if (!(error instanceof ForgottenError)) throw error;
      return make(true);
    }
  });
};

/** Why the tenant could not be read for what others hold there. */
type Making = Options & { unreadBecause: string | null; watch: PlanWatch };

const makePlan = async (client: PoolClient, options: Making): Promise<MadePlan> => {
  const { connectorId, teamId, isWithdrawal = false, only, watch } = options;
  const now = options.now ?? (await readClock(client));
  const connector = await readPlanningConnector(client, { connectorId, teamId });
  if (options.retriesRefused) await forgetRefusals(client, connector);
  await createStage(client);
  const changesSeen = only === undefined ? connector.changeCount : await readChangesSeen(client, connectorId);
  const planning = { client, connector, options: { ...options, isWithdrawal, now }, changesSeen };
  watch.enter("judge");
  if (only !== undefined) return writePlan(planning, await stageSome(planning, only));
  if (isWithdrawal) return writePlan(planning, await stageWithdrawal(planning));
  if (connector.policy.kind !== "defender") return writePlan(planning, await stageChanged(planning));
  const wanted = await rankWanted(client, connector, { now, isAfresh: options.isAfresh ?? false });
  for (const isLocked of [false, true]) {
    watch.enter("places");
    await client.query("SAVEPOINT choice");
    const placed = await fitIntoBudget(client, wanted, { connector, now, isLocked });
    const sections = [wanted.parts, ...placed.sections];
    const made = await writePlan(planning, { ...placed, sections, memory: wanted.memory });
    if (await placed.settle()) return made;
    await client.query("ROLLBACK TO SAVEPOINT choice");
  }
  throw new Error("A choice that nobody could interfere with did not hold.");
};

type Planning = {
  client: PoolClient;
  connector: PlanningConnector;
  options: Making & Required<Pick<Options, "isWithdrawal" | "now">>;
  changesSeen: number;
};

/** What was staged, with what it took of the destination's places and what of it is remembered. */
type Found = {
  sections: readonly ReadonlyMap<number, Part>[];
  budget: PlanBudget | null;
  memory: { of: Memory; json: string } | null;
  /** Writes items that are not staged. */
  writeItems: ((planId: string) => Promise<void>) | null;
};
const NOTHING_KEPT = { budget: null, memory: null, writeItems: null };

const writePlan = async (planning: Planning, found: Found): Promise<MadePlan> => {
  const { client, connector, options, changesSeen } = planning;
  const {
    connectorId,
    teamId,
    doer,
    isWithdrawal,
    only,
    withheldId,
    unreadBecause,
    retriesRefused = false,
    isDecided = false,
    now,
  } = options;
  const { budget, memory } = found;
  options.watch.enter("write");
  const policyHash = hashPolicy(connector, isWithdrawal);
  const sum = sumUp(policyHash, found.sections);
  const { hash, counts, blockedByReason, changesByReason } = sum;
  const id = await nextId(client);
  const made = { id, connectorId, ...sum };
  const isIdle = counts.add + counts.change + counts.remove === 0;
  if (only !== undefined && isIdle) return made;
  if (!isWithdrawal) await wantPrevalence(client, connector, now);
  const known =
    isIdle && doer.id === null && !isWithdrawal && (await takeKnown(made, { ...planning, ...found }));
  const isOfAll = only === undefined && !isWithdrawal;
  if (known) {
    if (isOfAll) await settleTakenBack(client, connector, known);
    return { ...made, id: known };
  }
  // All else that stands there stays: what share this takes is asked before it is applied.
  if (only !== undefined && (withheldId !== undefined || hasShareLimit(connector)))
    counts.keep = await countOthers(client, connectorId, counts);
  await client.query(
    `INSERT INTO plan (id, connector_id, team_id, hash, policy_hash, add, change, remove, keep, blocked,
       blocked_by_reason, budget, created_at, created_by, changes_seen, partial, changes_by_reason, withheld_id, memory,
       unread_because, decided)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
    [
      ...[id, connectorId, teamId, hash, policyHash],
      ...[counts.add, counts.change, counts.remove, counts.keep, counts.blocked],
      ...[JSON.stringify(blockedByReason), budget && JSON.stringify(budget)],
      ...[now, doer.id, changesSeen, only !== undefined],
      ...[JSON.stringify(changesByReason), withheldId ?? null, memory?.json ?? null, unreadBecause],
      isDecided,
    ],
  );
  await writeItems(client, id, teamId);
  await found.writeItems?.(id);
  if (memory) await takeOver(client, memory.of, made);
  if (isOfAll) await settleTakenBack(client, connector, id);
  const subject = { type: "plan", id };
  const detail = { connector: connector.name, connectorId, isWithdrawal, retriesRefused, ...counts };
  await recordAuditSql(client, { teamId, doer, action: "plan.create", subject, detail }, now);
  return made;
};

/**
 * The id of the newest plan, where that is the system's own, changes nothing and says the same: it is as good as new, so that
 * looking again and again writes none of the many that stay out. Null where there is none.
 */
const takeKnown = async (
  { connectorId, hash, counts }: MadePlan,
  { client, budget, memory, changesSeen, options: { unreadBecause, now } }: Planning & Found,
): Promise<string | null> => {
  // What it remembers already is not written again.
  const json = memory?.of.isWhole === true ? null : (memory?.json ?? null);
  const { rows } = await client.query<{ id: string }>(
    `UPDATE plan SET created_at = $3, changes_seen = $4, budget = $5, keep = $6, memory = coalesce($7, memory), unread_because = $8
     WHERE id = (SELECT id FROM plan WHERE connector_id = $1 AND NOT partial ORDER BY created_at DESC LIMIT 1)
       AND hash = $2 AND state = 'draft' AND created_by IS NULL RETURNING id`,
    [connectorId, hash, now, changesSeen, budget && JSON.stringify(budget), counts.keep, json, unreadBecause],
  );
  return rows[0]?.id ?? null;
};

/** Judges all candidates but those of which nothing changed since the newest plan. */
const stageChanged = async ({ client, connector, options }: Planning): Promise<Found> => {
  const { now, isAfresh = false } = options;
  const background = await readBackground(client, connector, now);
  const memory = await openMemory(client, connector, { background, now, isAfresh });
  const ids =
    memory.known.size === 0
      ? allCandidateIds(client, connector)
      : candidateIdsIn(client, connector, memory.unknown);
  const read = await stage(client, judgeCandidates(client, ids, { connector, isWithdrawal: false, now }));
  const json = memory.toJson(read);
  const sections = [new Map([...memory.known, ...read])];
  return { ...NOTHING_KEPT, sections, memory: { of: memory, json } };
};

const stageWithdrawal = async ({ client, connector, options: { now } }: Planning): Promise<Found> => {
  const ids = standingIds(client, connector);
  const parts = await stage(client, judgeCandidates(client, ids, { connector, isWithdrawal: true, now }));
  return { ...NOTHING_KEPT, sections: [parts] };
};

const stageSome = async (
  { client, connector, options: { isWithdrawal, now } }: Planning,
  only: NonNullable<Options["only"]>,
): Promise<Found> => {
  const judging = { connector, isWithdrawal, isUrgent: true, now };
  const isLimited = connector.policy.kind === "defender";
  const ids = only.operations === "all" ? await withAddresses(client, connector, only.ids) : only.ids;
  // What the last choice left out is not brought by saving it again; what is new goes at once, and is ranked by the next plan.
  const cut = isLimited ? await readCutOf(client, connector, ids) : NOTHING;
  const pages = judgeCandidates(client, listedIds(ids), judging);
  const parts = await stage(client, pages, isPlanned(only.operations, cut));
  if (isLimited) await dropEntriesOfStage(client, connector);
  return { ...NOTHING_KEPT, sections: [parts] };
};

const stage = async (
  client: PoolClient,
  pages: AsyncGenerator<Judged[]>,
  isMeant: (judged: Judged) => boolean = () => true,
): Promise<ReadonlyMap<number, Part>> => {
  const parts = createParts();
  const stager = createStager(client);
  for await (const judged of pages) {
    const page = judged.filter(isMeant);
    parts.count(page);
    await stager.add(page);
  }
  await stager.end();
  return parts.finish();
};

const NOTHING: ReadonlySet<string> = new Set();

/** What a plan of some values holds of them: why others stay out is for the ordinary plan to say. */
const isPlanned =
  (operations: "remove" | "all", cut: ReadonlySet<string>) =>
  ({ id, operation }: Judged): boolean =>
    operation === "remove" ||
    (operations === "all" && (operation === "add" || operation === "change") && !cut.has(id));

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
