import "server-only";

import { createHash, randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { openCopy } from "@/lib/db/copy";
import { bulkAsTeam } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { contentJson } from "@/lib/domain/selection/share";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import { judgeCandidates, type Judged } from "./judge-candidates";
import { hashPolicy, readPlanningConnector, type PlanningConnector } from "./planning-connector";
import { allCandidateIds, listedIds, standingIds } from "./candidate-ids";

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
    const all = isWithdrawal ? standingIds(client, connector) : allCandidateIds(client, connector);
    const nextIds = only === undefined ? all : listedIds(only.ids);
    const changesSeen =
      only === undefined ? connector.changeCount : await readChangesSeen(client, connectorId);
    const judging = { connector, isWithdrawal, isUrgent: only !== undefined };
    for await (const judged of judgeCandidates(client, nextIds, { ...judging, now })) {
      const page = only === undefined ? judged : judged.filter(isPlanned(only.operations));
      tally.count(page);
      await stageItems(client, page);
    }
    const id = randomUUID();
    const { hash, counts, blockedByReason, changesByReason } = tally.finish();
    const made = { id, connectorId, hash, counts, blockedByReason, changesByReason };
    if (only !== undefined && counts.add + counts.change + counts.remove === 0) return made;
    // All else that stands there stays: what share this takes is asked before it is applied.
    if (only !== undefined && (withheldId !== undefined || hasShareLimit(connector)))
      counts.keep = await countOthers(client, connectorId, counts);
    await client.query(
      `INSERT INTO plan (id, connector_id, team_id, hash, policy_hash, add, change, remove, keep, blocked,
         blocked_by_reason, created_at, created_by, changes_seen, partial, changes_by_reason,
         withheld_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [
        ...[id, connectorId, teamId, hash, policyHash],
        ...[counts.add, counts.change, counts.remove, counts.keep, counts.blocked],
        ...[JSON.stringify(blockedByReason), now, doer.id, changesSeen, only !== undefined],
        ...[JSON.stringify(changesByReason), withheldId ?? null],
      ],
    );
    await client.query(
      `INSERT INTO plan_item (plan_id, team_id, ${STAGE_COLUMNS.join(", ")})
       SELECT $1, $2, ${STAGE_COLUMNS.join(", ")} FROM plan_stage`,
      [id, teamId],
    );
    const subject = { type: "plan", id };
    const detail = { connector: connector.name, connectorId, isWithdrawal, ...counts };
    await recordAuditSql(client, { teamId, doer, action: "plan.create", subject, detail }, now);
    return made;
  });

/** What a plan of some values holds of them: why others stay out is for the ordinary plan to say. */
const isPlanned =
  (operations: "remove" | "all") =>
  ({ operation }: Judged): boolean =>
    operation === "remove" || (operations === "all" && (operation === "add" || operation === "change"));

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
        const { key, operation, code, desiredHash, claimHash } = judged;
        const reasons = byReason.get(operation) ?? new Map<string, number>();
        byReason.set(operation, reasons.set(code, (reasons.get(code) ?? 0) + 1));
        text += `\n${key} ${operation} ${code} ${desiredHash ?? "-"} ${claimHash ?? "-"}`;
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

const STAGE_COLUMNS = [
  "indicator_id",
  "operation",
  "code",
  "reason",
  "action",
  "severity",
  "expires_at",
  "content",
  "desired_hash",
  "claim_hash",
] as const;

// COPY cannot write to a table under a row policy.
const createStage = async (client: PoolClient): Promise<void> => {
  await client.query(`
    CREATE TEMPORARY TABLE plan_stage (
      indicator_id bigint, operation text, code text, reason text, action text, severity text, expires_at timestamptz,
      content jsonb, desired_hash bytea, claim_hash bytea
    ) ON COMMIT DROP`);
};

const stageItems = async (client: PoolClient, page: readonly Judged[]): Promise<void> => {
  if (page.every(({ operation }) => operation === "keep")) return;
  const copy = openCopy(client, "plan_stage", STAGE_COLUMNS);
  for (const judged of page) {
    if (judged.operation === "keep") continue;
    const { id, operation, code, reason, share, desiredHash, claimHash } = judged;
    const content = share && JSON.stringify(contentJson(share.content));
    const [action, severity, expiresAt] = [
      share?.action ?? null,
      share?.severity ?? null,
      share?.expiresAt ?? null,
    ];
    const hashes = [bytea(desiredHash), bytea(claimHash)] as const;
    // It gives a promise only when the server is behind; waiting for each row would cost more than writing it.
    const written = copy.write([
      id,
      operation,
      code,
      reason,
      action,
      severity,
      expiresAt,
      content,
      ...hashes,
    ]);
    if (written) await written;
  }
  await copy.end();
};

const bytea = (hash: string | null): string | null => (hash === null ? null : `\\x${hash}`);
