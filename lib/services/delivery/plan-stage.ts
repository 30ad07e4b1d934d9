import "server-only";

import type { PoolClient } from "pg";

import { openCopy, type CopyValue } from "@/lib/db/copy";
import type { Cut } from "@/lib/domain/selection/budget";
import type { PlanCode } from "@/lib/domain/selection/codes";
import { describeCut } from "@/lib/domain/selection/cut";
import { contentJson } from "@/lib/domain/selection/share";

import type { Judged } from "./judge-candidates";

/** What a plan's hash is made of, for each item. Hashes are hexadecimal. */
export type PlanLine = {
  key: string;
  operation: Judged["operation"];
  /** Null for what stays as it is. */
  code: PlanCode | null;
  desiredHash: string | null;
  claimHash: string | null;
};

const COLUMNS = [
  "indicator_id",
  "key",
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
const CUT_COLUMNS = ["indicator_id", "code", "reason", "rank", "cut"] as const;

/** Makes the tables in which a plan is put together. COPY cannot write to one under a row policy. */
export const createStage = async (client: PoolClient): Promise<void> => {
  await client.query(`
    CREATE TEMPORARY TABLE plan_stage (
      indicator_id bigint, key uuid, operation text, code text, reason text, action text, severity text,
      expires_at timestamptz, content jsonb, desired_hash bytea, claim_hash bytea
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE plan_cut (indicator_id bigint, code text, reason text, rank int, cut int) ON COMMIT DROP`);
};

/** Puts judged candidates into the stage; those that stay as they are only where some of them may yet lose their place. */
export const stageItems = async (
  client: PoolClient,
  page: readonly Judged[],
  { isKeptStaged }: { isKeptStaged: boolean },
): Promise<void> => {
  const staged = isKeptStaged ? page : page.filter(({ operation }) => operation !== "keep");
  if (staged.length === 0) return;
  const copy = openCopy(client, "plan_stage", COLUMNS);
  for (const judged of staged) {
    // It gives a promise only when the server is behind; waiting for each row would cost more than writing it.
    const written = copy.write(toRow(judged));
    if (written) await written;
  }
  await copy.end();
};

const toRow = (judged: Judged): CopyValue[] => {
  const { id, key, operation, desiredHash, claimHash } = judged;
  const hashes = [bytea(desiredHash), bytea(claimHash)] as const;
  if (judged.operation === "keep") return [id, key, operation, null, null, null, null, null, null, ...hashes];
  const { code, reason, share } = judged;
  if (share === null) return [id, key, operation, code, reason, null, null, null, null, ...hashes];
  const content = JSON.stringify(contentJson(share.content));
  const { action, severity, expiresAt } = share;
  return [id, key, operation, code, reason, action, severity, expiresAt, content, ...hashes];
};

const bytea = (hash: string | null): string | null => (hash === null ? null : `\\x${hash}`);

/** Notes what has no place at the destination: it stays out, and what stands of it, or may, is taken back. */
export const stageCuts = async (client: PoolClient, cuts: ReadonlyMap<string, Cut>): Promise<void> => {
  if (cuts.size === 0) return;
  const copy = openCopy(client, "plan_cut", CUT_COLUMNS);
  for (const [id, cut] of cuts) {
    const written = copy.write([id, cut.code, describeCut(cut), cut.rank, cut.cut]);
    if (written) await written;
  }
  await copy.end();
  await client.query("ANALYZE plan_stage, plan_cut");
};

/** The stage with its cuts. */
const OUTCOME = `(
  SELECT s.indicator_id, s.key, s.claim_hash, c.rank, c.cut,
    CASE WHEN c.indicator_id IS NULL THEN s.operation
      WHEN s.claim_hash IS NULL AND s.code IS DISTINCT FROM 'unanswered' THEN 'blocked' ELSE 'remove' END AS operation,
    coalesce(c.code, s.code) AS code, coalesce(c.reason, s.reason) AS reason,
    CASE WHEN c.indicator_id IS NULL THEN s.action END AS action,
    CASE WHEN c.indicator_id IS NULL THEN s.severity END AS severity,
    CASE WHEN c.indicator_id IS NULL THEN s.expires_at END AS expires_at,
    CASE WHEN c.indicator_id IS NULL THEN s.content END AS content,
    CASE WHEN c.indicator_id IS NULL THEN s.desired_hash END AS desired_hash
  FROM plan_stage s LEFT JOIN plan_cut c ON c.indicator_id = s.indicator_id
) outcome`;

const ITEM_COLUMNS = [...COLUMNS.filter((name) => name !== "key"), "rank", "cut"].join(", ");

/** Writes what is staged as the items of a plan. */
export const writeItems = async (client: PoolClient, planId: string, teamId: string): Promise<void> => {
  await client.query(
    `INSERT INTO plan_item (plan_id, team_id, ${ITEM_COLUMNS})
     SELECT $1, $2, ${ITEM_COLUMNS} FROM ${OUTCOME} WHERE operation <> 'keep'`,
    [planId, teamId],
  );
};

const PAGE = 10_000;

/** What is staged, with its cuts, in the order of the indicators' rows. */
export async function* readLines(client: PoolClient): AsyncGenerator<PlanLine[]> {
  await client.query(
    `DECLARE plan_lines CURSOR FOR
     SELECT key, operation, code, encode(desired_hash, 'hex') AS "desiredHash", encode(claim_hash, 'hex') AS "claimHash"
     FROM ${OUTCOME} ORDER BY indicator_id`,
  );
  for (;;) {
    const { rows } = await client.query<PlanLine>(`FETCH ${String(PAGE)} FROM plan_lines`);
    if (rows.length === 0) break;
    yield rows;
  }
  await client.query("CLOSE plan_lines");
}
