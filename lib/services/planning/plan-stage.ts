import "server-only";

import type { PoolClient } from "pg";

import { openCopy, type CopyValue } from "@/lib/db/copy";
import { inTurn } from "@/lib/db/in-turn";
import { contentJson, type Share } from "@/lib/domain/selection/share";

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

/** Makes the tables in which a plan is put together. COPY cannot write to one under a row policy. */
export const createStage = async (client: PoolClient): Promise<void> => {
  await client.query(`
    CREATE TEMPORARY TABLE plan_stage (
      indicator_id bigint, operation text, code text, reason text, share int, claim_hash bytea, is_held boolean
    ) ON COMMIT DROP;
    -- Most of a list is wanted in the same way: that is said once.
    CREATE TEMPORARY TABLE plan_share (
      number int, action text, severity text, expires_at timestamptz, content jsonb, desired_hash bytea
    ) ON COMMIT DROP`);
};

const STAGE = ["indicator_id", "operation", "code", "reason", "share", "claim_hash", "is_held"] as const;
const SHARE = ["number", "action", "severity", "expires_at", "content", "desired_hash"] as const;

type Staged = Exclude<Judged, { operation: "keep" }>;
type Numbered = { number: number; share: Share; desiredHash: string };

/** Puts judged candidates into the stage, but for those that stay as they are. */
const stageItems = async (
  client: PoolClient,
  items: readonly Staged[],
  numberOf: (desiredHash: string) => number,
): Promise<void> => {
  const copy = openCopy(client, "plan_stage", STAGE);
  for (const item of items) {
    // It gives a promise only when the server is behind; waiting for each row would cost more than writing it.
    const written = copy.write(toRow(item, numberOf));
    if (written) await written;
  }
  await copy.end();
};

const stageShares = async (client: PoolClient, shares: readonly Numbered[]): Promise<void> => {
  if (shares.length === 0) return;
  const copy = openCopy(client, "plan_share", SHARE);
  for (const { number, share, desiredHash } of shares) {
    const { action, severity, expiresAt, content } = share;
    const text = JSON.stringify(contentJson(content));
    const written = copy.write([number, action, severity, expiresAt, text, bytea(desiredHash)]);
    if (written) await written;
  }
  await copy.end();
};

/** As many rows as are read at a time may wait: the server writes them once it has looked for the next ones. */
const MOST_WAITING = 5_000;
/** So many different shares are told apart; what comes again later is said again. */
const MOST_SHARES = 10_000;

/** Stages page by page: while the server takes one, the next is judged. To be ended before what is staged is read. */
export const createStager = (client: PoolClient) => {
  let writing: Promise<void> = Promise.resolve();
  let waiting = 0;
  let next = 0;
  let numbers = new Map<string, number>();
  /** Numbers what is wanted in a way that no row before was. */
  const numberNew = (items: readonly Staged[]): Numbered[] => {
    if (numbers.size > MOST_SHARES) numbers = new Map();
    const found: Numbered[] = [];
    for (const { share, desiredHash } of items) {
      if (share === null || numbers.has(desiredHash)) continue;
      next += 1;
      numbers.set(desiredHash, next);
      found.push({ number: next, share, desiredHash });
    }
    return found;
  };
  return {
    add: async (page: readonly Judged[]): Promise<void> => {
      const items = page.filter((one): one is Staged => one.operation !== "keep");
      if (items.length === 0) return;
      if (waiting >= MOST_WAITING) await writing;
      const shares = numberNew(items);
      const known = numbers;
      waiting += items.length;
      const before = writing;
      writing = inTurn(client, async () => {
        await before;
        await stageShares(client, shares);
        await stageItems(client, items, (desiredHash) => known.get(desiredHash) ?? 0);
        waiting -= items.length;
      });
      // Whoever adds or ends next hears of it.
      writing.catch(() => undefined);
    },
    end: (): Promise<void> => writing,
  };
};

const toRow = (judged: Staged, numberOf: (desiredHash: string) => number): CopyValue[] => {
  const { id, operation, code, reason, desiredHash, claimHash } = judged;
  const number = desiredHash === null ? null : numberOf(desiredHash);
  return [id, operation, code, reason, number, bytea(claimHash), "isHeld" in judged && judged.isHeld];
};

const bytea = (hash: string | null): string | null => (hash === null ? null : `\\x${hash}`);

/** Writes what is staged as the items of a plan. */
export const writeItems = async (client: PoolClient, planId: string, teamId: string): Promise<void> => {
  await client.query(
    `INSERT INTO plan_item (plan_id, team_id, indicator_id, operation, code, reason, claim_hash, action, severity, expires_at,
       content, desired_hash)
     SELECT $1, $2, s.indicator_id, s.operation, s.code, s.reason, s.claim_hash, h.action, h.severity, h.expires_at,
       h.content, h.desired_hash
     FROM plan_stage s LEFT JOIN plan_share h ON h.number = s.share`,
    [planId, teamId],
  );
};
