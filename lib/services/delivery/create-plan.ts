import "server-only";

import { createHash, randomUUID, type Hash } from "node:crypto";

import type { PoolClient } from "pg";

import { openCopy } from "@/lib/db/copy";
import { bulkAsTeam } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { contentJson } from "@/lib/domain/selection/share";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import { judgeCandidates, type Judged } from "./judge-candidates";
import { hashPolicy, readPlanningConnector } from "./planning-connector";
import { allCandidateIds, claimedIds } from "./read-candidates";

export type PlanCounts = { add: number; change: number; remove: number; keep: number; blocked: number };
export type MadePlan = {
  id: string;
  connectorId: string;
  hash: string;
  counts: PlanCounts;
  blockedByReason: Record<string, number>;
};

type Options = {
  connectorId: string;
  teamId: string;
  doer: Doer;
  /** Plans to take back all that the connector has sent, before it is deleted or moved. */
  isWithdrawal?: boolean;
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
  now = new Date(),
}: Options): Promise<MadePlan> =>
  bulkAsTeam(teamId, async (client) => {
    const connector = await readPlanningConnector(client, { connectorId, teamId });
    const policyHash = hashPolicy(connector.policy, isWithdrawal);
    const tally = createTally(policyHash);
    await createStage(client);
    const nextIds = isWithdrawal ? claimedIds(client, connector) : allCandidateIds(client, connector);
    for await (const page of judgeCandidates(client, nextIds, { connector, isWithdrawal, now })) {
      for (const judged of page) tally.count(judged);
      await stageItems(client, page);
    }
    const id = randomUUID();
    const { hash, counts, blockedByReason } = tally.finish();
    await client.query(
      `INSERT INTO plan (id, connector_id, team_id, hash, policy_hash, add, change, remove, keep, blocked,
         blocked_by_reason, created_at, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        ...[id, connectorId, teamId, hash, policyHash],
        ...[counts.add, counts.change, counts.remove, counts.keep, counts.blocked],
        ...[JSON.stringify(blockedByReason), now, doer.id],
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
    return { id, connectorId, hash, counts, blockedByReason };
  });

const createTally = (policyHash: string) => {
  const counts: PlanCounts = { add: 0, change: 0, remove: 0, keep: 0, blocked: 0 };
  const blockedByReason = new Map<string, number>();
  const hash = createHash("sha256").update(policyHash);
  return {
    count: (judged: Judged): void => {
      counts[judged.operation] += 1;
      if (judged.operation === "keep") return;
      if (judged.operation === "blocked")
        blockedByReason.set(judged.code, (blockedByReason.get(judged.code) ?? 0) + 1);
      hashItem(hash, judged);
    },
    finish: () => ({
      hash: hash.digest("hex"),
      counts,
      blockedByReason: Object.fromEntries([...blockedByReason].sort(([, one], [, other]) => other - one)),
    }),
  };
};

const hashItem = (hash: Hash, { key, operation, desiredHash, claimHash, ...rest }: Judged): void => {
  const code = "code" in rest ? rest.code : "";
  hash.update(`\n${key} ${operation} ${code} ${hex(desiredHash)} ${hex(claimHash)}`);
};

const hex = (hash: Buffer | null): string => hash?.toString("hex") ?? "-";

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
  const items = page.filter((judged) => judged.operation !== "keep");
  if (items.length === 0) return;
  const copy = openCopy(client, "plan_stage", STAGE_COLUMNS);
  for (const { id, operation, code, reason, share, desiredHash, claimHash } of items) {
    await copy.write([
      ...[id, operation, code, reason, share?.action ?? null, share?.severity ?? null],
      ...[share?.expiresAt ?? null, share ? JSON.stringify(contentJson(share.content)) : null],
      ...[bytea(desiredHash), bytea(claimHash)],
    ]);
  }
  await copy.end();
};

const bytea = (hash: Buffer | null): string | null => (hash ? `\\x${hash.toString("hex")}` : null);
