import "server-only";

import type { PoolClient } from "pg";

import { openCopy, type CopyValue } from "@/lib/db/copy";
import { inTurn } from "@/lib/db/in-turn";
import { contentJson } from "@/lib/domain/selection/share";

import type { Judged } from "./judge-candidates";

export const COLUMNS = [
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
/** What a plan does not keep. */
const STAGE_COLUMNS = [...COLUMNS, "is_held"] as const;

/** Makes the table in which a plan is put together. COPY cannot write to one under a row policy. */
export const createStage = async (client: PoolClient): Promise<void> => {
  await client.query(`
    CREATE TEMPORARY TABLE plan_stage (
      indicator_id bigint, operation text, code text, reason text, action text, severity text, expires_at timestamptz,
      content jsonb, desired_hash bytea, claim_hash bytea, is_held boolean
    ) ON COMMIT DROP`);
};

/** Puts judged candidates into the stage, but for those that stay as they are. */
const stageItems = async (client: PoolClient, page: readonly Judged[]): Promise<void> => {
  if (page.every(({ operation }) => operation === "keep")) return;
  const copy = openCopy(client, "plan_stage", STAGE_COLUMNS);
  for (const judged of page) {
    if (judged.operation === "keep") continue;
    // It gives a promise only when the server is behind; waiting for each row would cost more than writing it.
    const written = copy.write(toRow(judged));
    if (written) await written;
  }
  await copy.end();
};

/** Stages page by page: while the server takes one, the next is judged. To be ended before what is staged is read. */
export const createStager = (client: PoolClient) => {
  let writing: Promise<void> = Promise.resolve();
  return {
    add: async (page: readonly Judged[]): Promise<void> => {
      await writing;
      writing = inTurn(client, () => stageItems(client, page));
      // Whoever adds or ends next hears of it.
      writing.catch(() => undefined);
    },
    end: (): Promise<void> => writing,
  };
};

const toRow = (judged: Exclude<Judged, { operation: "keep" }>): CopyValue[] => {
  const { id, operation, code, reason, share, desiredHash, claimHash } = judged;
  return [
    ...[id, operation, code, reason],
    ...[share?.action ?? null, share?.severity ?? null, share?.expiresAt ?? null],
    share && JSON.stringify(contentJson(share.content)),
    ...[bytea(desiredHash), bytea(claimHash)],
    "isHeld" in judged && judged.isHeld,
  ];
};

const bytea = (hash: string | null): string | null => (hash === null ? null : `\\x${hash}`);

/** Writes what is staged as the items of a plan. */
export const writeItems = async (client: PoolClient, planId: string, teamId: string): Promise<void> => {
  await client.query(
    `INSERT INTO plan_item (plan_id, team_id, ${COLUMNS.join(", ")})
     SELECT $1, $2, ${COLUMNS.join(", ")} FROM plan_stage`,
    [planId, teamId],
  );
};
