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

/**
 * Makes the tables in which a plan is put together. Most of a list meets the same fate, in the same words: that is said once, as a frame.
 * COPY cannot write to a table under a row policy.
 */
export const createStage = async (client: PoolClient): Promise<void> => {
  numbering.set(client, { next: 1 });
  await client.query(`
    CREATE TEMPORARY TABLE plan_stage (indicator_id bigint, frame int, claim_hash bytea) ON COMMIT DROP;
    CREATE TEMPORARY TABLE plan_frame (
      number int, operation text, code text, reason text, is_held boolean,
      action text, severity text, expires_at timestamptz, content jsonb, desired_hash bytea
    ) ON COMMIT DROP`);
};

/** The next frame's number in a connection's stage: what is staged by several stagers there does not mix. */
const numbering = new WeakMap<PoolClient, { next: number }>();

const STAGE = ["indicator_id", "frame", "claim_hash"] as const;
const FRAME = [
  ...(["number", "operation", "code", "reason", "is_held"] as const),
  ...(["action", "severity", "expires_at", "content", "desired_hash"] as const),
] as const;

type Staged = Exclude<Judged, { operation: "keep" }>;
/** What becomes of any number of candidates alike. */
type Frame = { number: number; of: Staged };

/** Puts judged candidates into the stage, each with the number of its frame. */
const stageItems = async (
  client: PoolClient,
  items: readonly Staged[],
  numbers: readonly number[],
): Promise<void> => {
  const copy = openCopy(client, "plan_stage", STAGE);
  for (const [place, { id, claimHash }] of items.entries()) {
    // It gives a promise only when the server is behind; waiting for each row would cost more than writing it.
    const written = copy.write([id, numbers[place] ?? 0, bytea(claimHash)]);
    if (written) await written;
  }
  await copy.end();
};

const stageFrames = async (client: PoolClient, frames: readonly Frame[]): Promise<void> => {
  if (frames.length === 0) return;
  const copy = openCopy(client, "plan_frame", FRAME);
  for (const { number, of } of frames) {
    const written = copy.write([number, of.operation, of.code, of.reason, isHeld(of), ...toColumns(of)]);
    if (written) await written;
  }
  await copy.end();
};

const isHeld = (item: Staged): boolean => "isHeld" in item && item.isHeld;

const toColumns = ({ share, desiredHash }: Staged): CopyValue[] => {
  if (share === null) return NO_SHARE;
  const { action, severity, expiresAt, content } = share;
  return [action, severity, expiresAt, JSON.stringify(contentJson(content)), bytea(desiredHash)];
};

const NO_SHARE = [null, null, null, null, null];

/** As many rows as are read at a time may wait: the server writes them once it has looked for the next ones. */
const MOST_WAITING = 5_000;
/** So many different frames are told apart; what comes again later is said again. */
const MOST_FRAMES = 10_000;

/** Numbers what becomes of candidates; neighbours mostly meet the same fate. */
const createFrames = (counter: { next: number }) => {
  const numbers = new Map<string, number>();
  let last: Frame | null = null;
  return {
    /** The numbers of these, and the frames among them that are new. */
    number: (items: readonly Staged[]): { numbers: number[]; found: Frame[] } => {
      const found: Frame[] = [];
      if (numbers.size > MOST_FRAMES) numbers.clear();
      const all = items.map((of) => {
        if (last !== null && isAlike(last.of, of)) return last.number;
        const key = `${of.operation} ${of.code} ${of.desiredHash ?? "-"} ${String(isHeld(of))} ${of.reason}`;
        let number = numbers.get(key);
        if (number === undefined) {
          number = counter.next++;
          numbers.set(key, number);
          found.push({ number, of });
        }
        last = { number, of };
        return number;
      });
      return { numbers: all, found };
    },
  };
};

const isAlike = (one: Staged, other: Staged): boolean =>
  one.operation === other.operation &&
  one.code === other.code &&
  one.desiredHash === other.desiredHash &&
  one.reason === other.reason &&
  isHeld(one) === isHeld(other);

/** Stages page by page: while the server takes one, the next is judged. To be ended before what is staged is read. */
export const createStager = (client: PoolClient) => {
  let writing: Promise<void> = Promise.resolve();
  let waiting = 0;
  const frames = createFrames(numbering.get(client) ?? { next: 1 });
  return {
    add: async (page: readonly Judged[]): Promise<void> => {
      const items = page.filter((one): one is Staged => one.operation !== "keep");
      if (items.length === 0) return;
      if (waiting >= MOST_WAITING) await writing;
      const { numbers, found } = frames.number(items);
      waiting += items.length;
      const before = writing;
      writing = inTurn(client, async () => {
        await before;
        await stageFrames(client, found);
        await stageItems(client, items, numbers);
        waiting -= items.length;
      });
      // Whoever adds or ends next hears of it.
      writing.catch(() => undefined);
    },
    end: (): Promise<void> => writing,
  };
};

const bytea = (hash: string | null): string | null => (hash === null ? null : `\\x${hash}`);

/** Writes what is staged as the items of a plan. */
export const writeItems = async (client: PoolClient, planId: string, teamId: string): Promise<void> => {
  await client.query(
    `INSERT INTO plan_item (plan_id, team_id, indicator_id, operation, code, reason, claim_hash, action, severity, expires_at,
       content, desired_hash)
     SELECT $1, $2, s.indicator_id, f.operation, f.code, f.reason, s.claim_hash, f.action, f.severity, f.expires_at,
       f.content, f.desired_hash
     FROM plan_stage s LEFT JOIN plan_frame f ON f.number = s.frame`,
    [planId, teamId],
  );
};
