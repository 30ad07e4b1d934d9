import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import type { PoolClient } from "pg";

import type { Operation, Pace } from "@/lib/connectors/contract";
import { RATE_LIMITS } from "@/lib/connectors/limits";
import { bulkAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { lateBy } from "@/lib/domain/delivery/wait-after-failure";
import { keepRecent, roomNow, waitBeforeNext, type RateWindow } from "@/lib/domain/delivery/pace";

import { gather } from "./gather";

/** Whose requests a vendor counts together. */
export type PaceKey = { destinationId: string; tenantId: string; clientId: string };

export type Pacer = {
  /** Waits for a free slot and takes it. Given to the destination, which calls it before every request. */
  pace: Pace;
  /** Notes that the last request was answered: the vendor counted it no later than now. Call when a push or withdrawal returned. */
  settle: () => Promise<void>;
  /** Lets nothing of the last operation leave for so long: the vendor said so. */
  block: (waitMs: number) => Promise<void>;
};

type Options = PaceKey & {
  /** May use what is kept free of a minute's requests. */
  isUrgent?: boolean;
  onWait?: (waitMs: number) => void;
  /** Longer waits are not slept through but thrown, for whoever holds something that others wait for. */
  longestWaitMs?: number;
  /** Taken together with the other requests of a delivery; its own when left out. */
  slots?: Slots;
  jitter?: () => number;
};

/** The slots of one application, for requests that leave side by side. */
export type Slots = {
  take: (wish: Wish) => Promise<Slot>;
  /** Moves a slot to now: its request was answered. */
  move: (taken: { operation: Operation; at: number }) => Promise<void>;
};

/** `waitMs` 0: it is taken. `toldMs`: so long the vendor asked to wait. */
type Slot = { waitMs: number; toldMs: number; at: number };

/** So long the first answer waits for those of the other requests; others can wait for a slot meanwhile. */
const ANSWERS_MS = 2;

/** Makes slots that are taken, and moved, as many at once as are asked for at one moment. */
export const createSlots = (key: PaceKey): Slots => ({
  take: gather((wishes) => bulkAsSystem("delivery", (client) => takeSlots(client, key, wishes))),
  move: gather((taken) => bulkAsSystem("delivery", (client) => moveSlots(client, key, taken)), ANSWERS_MS),
});

/** Makes one application's pacer. Windows are rows, so that all workers together keep to the published limits. */
export const createPacer = ({
  isUrgent = false,
  onWait,
  longestWaitMs = Infinity,
  slots: shared,
  jitter = Math.random,
  ...key
}: Options): Pacer => {
  const slots = shared ?? createSlots(key);
  let last: { operation: Operation; at: number } | null = null;

  const settle = async (): Promise<void> => {
    if (!last) return;
    const taken = last;
    last = null;
    await slots.move(taken);
  };

  return {
    pace: async (operation, signal) => {
      await settle();
      for (;;) {
        signal?.throwIfAborted();
        const slot = await slots.take({ operation, isUrgent });
        last = { operation, at: slot.at };
        if (slot.waitMs === 0) return;
        last = null;
        onWait?.(slot.waitMs);
        if (slot.waitMs > longestWaitMs) throw tooLong(slot.waitMs);
        await sleep(slot.waitMs + lateBy(slot.toldMs, jitter()), undefined, { signal });
      }
    },
    settle,
    block: async (waitMs) => {
      if (!last) return;
      const { operation } = last;
      await settle();
      await bulkAsSystem("delivery", (client) =>
        client.query(
          `UPDATE bucket SET blocked_until = greatest(blocked_until, clock_timestamp() + $5 * interval '1 ms')
           WHERE ${KEY}`,
          [...keyValues(key, operation), waitMs],
        ),
      );
    },
  };
};

const tooLong = (waitMs: number): AppError =>
  new AppError("upstream_unavailable", "The published rate limit leaves no request for a while.", {
    retry: "later",
    context: { retryAfterMs: waitMs, isOwnLimit: true },
  });

/** Whether a request did not leave because it would have been more than the published limit. */
export const isOwnLimit = ({ context }: AppError): boolean => context["isOwnLimit"] === true;

/** How many ms a request of this operation would have to wait now; takes nothing. */
export const peekWait = async (client: PoolClient, key: PaceKey, wish: Wish): Promise<number> => {
  const bucket = await readBucket(client, key, wish);
  return bucket ? waitFor(bucket, wish) : 0;
};

/** How many requests of this operation may leave now, one beside the other, at most `most`; takes nothing. */
export const peekRoom = async (
  client: PoolClient,
  key: PaceKey,
  wish: Wish,
  most: number,
): Promise<number> => {
  const bucket = await readBucket(client, key, wish);
  return bucket ? roomNow(toWindows(bucket, wish), most) : most;
};

/** Whether what may leave of an operation in an hour has left. */
export const isHourSpent = async (client: PoolClient, key: PaceKey, wish: Wish): Promise<boolean> => {
  const bucket = await readBucket(client, key, wish);
  const hour = windowsOf(wish.operation, wish.isUrgent === true).find(({ perMs }) => perMs === HOUR_MS);
  return bucket !== undefined && hour !== undefined && recent(bucket, wish.operation).length >= hour.max;
};

const readBucket = async (
  client: PoolClient,
  key: PaceKey,
  { operation }: Wish,
): Promise<BucketRow | undefined> => {
  const { rows } = await client.query<BucketRow>(
    `SELECT sent_at AS "sentAt", blocked_until AS "blockedUntil", clock_timestamp() AS now FROM bucket WHERE ${KEY}`,
    keyValues(key, operation),
  );
  return rows[0];
};

type Wish = { operation: Operation; isUrgent?: boolean };
type BucketRow = { sentAt: Date[]; blockedUntil: Date | null; now: Date };

const KEY = "destination_id = $1 AND operation = $2 AND tenant_id = $3 AND client_id = $4";

/** As many of the wishes as may leave now are granted, the first ones first; all are of one operation or another. */
const takeSlots = async (client: PoolClient, key: PaceKey, wishes: readonly Wish[]): Promise<Slot[]> => {
  const slots: Slot[] = [];
  // In one order, so that two workers never wait for each other.
  const operations = [...new Set(wishes.map(({ operation }) => operation))].sort();
  const granted = new Map<Operation, Slot[]>();
  for (const operation of operations) {
    const some = wishes.filter((wish) => wish.operation === operation);
    granted.set(operation, await takeSlotsOf(client, key, operation, some));
  }
  for (const { operation } of wishes) {
    const slot = granted.get(operation)?.shift();
    if (slot) slots.push(slot);
  }
  return slots;
};

const takeSlotsOf = async (
  client: PoolClient,
  key: PaceKey,
  operation: Operation,
  wishes: readonly Wish[],
): Promise<Slot[]> => {
  const values = keyValues(key, operation);
  const bucket = (await lockBucket(client, values)) ?? (await makeBucket(client, values));
  const at = bucket.now.getTime();
  const sentAt = recent(bucket, operation);
  const toldMs = Math.max(0, (bucket.blockedUntil?.getTime() ?? at) - at);
  const slots = wishes.map((wish): Slot => {
    const waitMs = waitBeforeNext({ ...toWindows(bucket, wish), sentAt });
    if (waitMs === 0) sentAt.push(at);
    return { waitMs, toldMs, at };
  });
  if (slots.some(({ waitMs }) => waitMs === 0)) await writeSlots(client, values, sentAt);
  return slots;
};

const writeSlots = (client: PoolClient, values: readonly string[], sentAt: readonly number[]) =>
  client.query(`UPDATE bucket SET sent_at = $5 WHERE ${KEY}`, [
    ...values,
    sentAt.map((time) => new Date(time)),
  ]);

// The database's clock, read once the row is ours: workers' clocks may differ, and waiting for the lock takes time.
const lockBucket = async (client: PoolClient, values: readonly string[]): Promise<BucketRow | null> => {
  const { rows } = await client.query<BucketRow>(
    `WITH mine AS MATERIALIZED (SELECT sent_at, blocked_until FROM bucket WHERE ${KEY} FOR UPDATE)
     SELECT sent_at AS "sentAt", blocked_until AS "blockedUntil", clock_timestamp() AS now FROM mine`,
    [...values],
  );
  return rows[0] ?? null;
};

const makeBucket = async (client: PoolClient, values: readonly string[]): Promise<BucketRow> => {
  await client.query(
    `INSERT INTO bucket (destination_id, operation, tenant_id, client_id, sent_at) VALUES ($1, $2, $3, $4, '{}')
     ON CONFLICT DO NOTHING`,
    [...values],
  );
  const made = await lockBucket(client, values);
  if (!made) throw new Error("A pacing window vanished.");
  return made;
};

// A request is counted when it arrives, somewhere between leaving and its answer; the answer's time errs on the safe side.
const moveSlots = async (
  client: PoolClient,
  key: PaceKey,
  taken: readonly { operation: Operation; at: number }[],
): Promise<undefined[]> => {
  for (const operation of [...new Set(taken.map((one) => one.operation))].sort()) {
    const values = keyValues(key, operation);
    const bucket = await lockBucket(client, values);
    if (!bucket) continue;
    const sentAt = bucket.sentAt.map((at) => at.getTime());
    for (const { at } of taken.filter((one) => one.operation === operation)) {
      // Several may have been taken in the same millisecond, and only this one was answered.
      const index = sentAt.indexOf(at);
      if (index >= 0) sentAt[index] = bucket.now.getTime();
      // Answered after more than a window, it is remembered no longer: it may have arrived only now.
      else sentAt.push(bucket.now.getTime());
    }
    await writeSlots(
      client,
      values,
      sentAt.sort((one, other) => one - other),
    );
  }
  return taken.map(() => undefined);
};

const waitFor = (bucket: BucketRow, wish: Wish): number => waitBeforeNext(toWindows(bucket, wish));

const toWindows = (
  { sentAt, blockedUntil, now }: BucketRow,
  { operation, isUrgent = false }: Wish,
): Parameters<typeof waitBeforeNext>[0] => ({
  sentAt: sentAt.map((at) => at.getTime()),
  windows: windowsOf(operation, isUrgent),
  reserved: isUrgent ? 0 : (RATE_LIMITS[operation].reserved ?? 0),
  blockedUntil: blockedUntil?.getTime() ?? null,
  now: now.getTime(),
});

const recent = ({ sentAt, now }: BucketRow, operation: Operation): number[] =>
  keepRecent(
    sentAt.map((at) => at.getTime()),
    windowsOf(operation, true),
    now.getTime(),
  );

const keyValues = ({ destinationId, tenantId, clientId }: PaceKey, operation: Operation): string[] => [
  RATE_LIMITS[operation].isOfApplication === true ? EVERY_DESTINATION : destinationId,
  operation,
  tenantId,
  clientId,
];

const EVERY_DESTINATION = "00000000-0000-0000-0000-000000000000";

// Times are kept in whole milliseconds, and the vendor's window may end a moment later than ours.
const MARGIN_MS = 20;
const MINUTE_MS = 60_000 + MARGIN_MS;
const HOUR_MS = 3_600_000 + MARGIN_MS;

const windowsOf = (operation: Operation, isUrgent: boolean): RateWindow[] => {
  const { perMinute, perHour, reservedPerHour = 0 } = RATE_LIMITS[operation];
  const windows = [{ max: perMinute, perMs: MINUTE_MS }];
  if (perHour !== null) windows.push({ max: perHour - (isUrgent ? 0 : reservedPerHour), perMs: HOUR_MS });
  return windows;
};
