import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import type { PoolClient } from "pg";

import { withoutRetry } from "@/lib/connectors/vendor-failure";
import { bulkAsSystem } from "@/lib/db/scope";
import { describeLeftovers, type Leftovers } from "@/lib/domain/delivery/leftovers";
import { utcSecond } from "@/lib/domain/utc";
import { isGivenUp, type SentBefore } from "@/lib/domain/delivery/suspects";
import { lateBy, TRIES_IN_PLACE, waitAfterFailure } from "@/lib/domain/delivery/wait-after-failure";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { notePush } from "./finish-push";
import { giveUp } from "./give-up";
import { readLeftovers } from "./leftovers";
import type { OpenPush } from "./push-lease";
import type { Trouble } from "./send-batch";

/** Longer than this no push keeps a worker only to wait. */
export const LONGEST_NAP_MS = 5_000;

/** Why a delivery ends before every item has its outcome: a person must do something first, or it has to wait for long. */
export type Interruption =
  | { status: "stopped"; message: string }
  /** `isPutOff`: its destination is not to be asked for long, or asks not to be; a newer plan, or another policy, need not wait for that. */
  | { status: "waiting"; waitMs: number; message: string; isPutOff?: boolean };

export type Progress = {
  /** Requests that failed in a row, without any item judged in between. */
  failures: number;
  /** How often in a row this worker was asked to wait; that is no failure, whatever else fails. */
  throttles: number;
};

type Waiting = { push: OpenPush; signal: AbortSignal; progress: Progress };

/**
 * Resolves to null when another try may help at once. `unanswered`: what the request carried. One record that nothing answers, while other
 * requests are answered, is given up.
 */
export const waitAfterTrouble = async (
  waiting: Waiting,
  { message, retry, waitMs, cause }: Trouble,
  unanswered: readonly string[] = [],
): Promise<Interruption | null> => {
  if (retry === "never") return { status: "stopped", message };
  const askedMs = waitMs ?? 0;
  if (cause === "unanswered") return waitOut(waiting, { message, askedMs, unanswered });
  const { push, signal, progress } = waiting;
  const isThrottled = cause === "throttled";
  if (isThrottled) progress.throttles += 1;
  const isRepeated = isThrottled && progress.throttles > TRIES_IN_PLACE;
  const note = `${message}${isRepeated ? ASKED_LESS_OFTEN : ""}${GOES_ON}`;
  if (cause === "full") await noteWaiting(push, note);
  else await notePush(push, note);
  const leastMs = Math.max(askedMs, isRepeated ? THROTTLED_MS : 0);
  return pause(signal, {
    waitMs: leastMs + (isThrottled ? lateBy(leastMs, Math.random()) : 0),
    message: note,
    isPutOff: isThrottled,
  });
};

/** From now on it waits, so that nothing else of its connector does: what a person saves goes beside it, and a newer plan takes its place. */
const noteWaiting = async ({ id, leaseOwner }: OpenPush, message: string): Promise<void> => {
  await bulkAsSystem("delivery", (client) =>
    client.query(
      `UPDATE push SET message = $3, waiting_since = coalesce(waiting_since, now()) WHERE id = $1 AND lease_owner = $2`,
      [id, leaseOwner, message],
    ),
  );
};

const GOES_ON = " Sending goes on by itself.";
const ASKED_LESS_OFTEN = " It says so again and again, so it is asked less often.";
/** Whoever names a second each time is asked no more often than that, once a few tries were in vain. */
const THROTTLED_MS = 30_000;

/** The worker naps as long as that is short; else others have it meanwhile. */
const pause = async (
  signal: AbortSignal,
  wait: { waitMs: number; message: string; isPutOff?: boolean },
): Promise<Interruption | null> => {
  const { waitMs } = wait;
  if (waitMs > LONGEST_NAP_MS) return { status: "waiting", ...wait };
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  return null;
};

type Unanswered = { message: string; askedMs: number; unanswered: readonly string[] };

const waitOut = async (
  { push, signal, progress }: Waiting,
  { message, askedMs, unanswered }: Unanswered,
): Promise<Interruption | null> => {
  progress.failures += 1;
  const { failures } = progress;
  const note = `${message}${GOES_ON}`;
  const { since, now, lone, leftovers } = await noteFailure(push, { message: note, failures, unanswered });
  if (lone && isGivenUp(lone, failures)) {
    await giveUp(push, lone.id, message);
    progress.failures = 0;
    return null;
  }
  const jitter = Math.random();
  const own = waitAfterFailure(failures, { isUrgent: push.isUrgent, jitter });
  const waitMs = Math.max(own.waitMs, askedMs + lateBy(askedMs, jitter));
  const isLonger = askedMs > 0 && askedMs < own.waitMs;
  const facts = { since, failures, isLonger, leftovers, until: after(now, waitMs) };
  return pause(signal, { waitMs, message: own.isInPlace ? note : outage(message, facts) });
};

const after = (now: Date, waitMs: number): Date => new Date(now.getTime() + waitMs);

type Outage = {
  since: Date;
  failures: number;
  /** It waits longer than it was asked to. */
  isLonger: boolean;
  leftovers: Leftovers | null;
  until: Date;
};

const outage = (message: string, { since, failures, isLonger, leftovers, until }: Outage): string =>
  `${message}${HAS_NOT_GONE_ON}${utcSecond(since)}, after ${String(failures)} tries${isLonger ? ", so it waits longer than it was asked to" : ""}. ${
    leftovers === null
      ? "Nothing is lost and nobody has to do anything: the next try is at"
      : `${describeLeftovers(leftovers)} The next try is at`
  } ${utcSecond(until)}.`;

const HAS_NOT_GONE_ON = " It has not gone on since ";

/** What came back last, of what is said of a push that waits for its destination; else nothing. */
export const saidBefore = (note: string): string => {
  const [said, ...rest] = note.split(HAS_NOT_GONE_ON);
  return said === undefined || rest.length === 0 ? "" : withoutRetry(said);
};

type Failure = { message: string; failures: number; unanswered: readonly string[] };

/**
 * Notes that once more nothing was answered, so that whichever worker is next goes on counting; gives since when that is so, what time it
 * is, both by the database's clock, and what the request carried where that was a single record.
 */
const noteFailure = (
  { id, leaseOwner }: OpenPush,
  { message, failures, unanswered }: Failure,
): Promise<{ since: Date; now: Date; lone: SentBefore | null; leftovers: Leftovers | null }> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows: carried } = await client.query<SentBefore>(
      `UPDATE push_item i SET unanswered = least(i.unanswered + 1, ${String(MOST_COUNTED)}) FROM (
         SELECT indicator_id FROM push_item WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'sending'
         ORDER BY indicator_id FOR UPDATE
       ) sent WHERE i.push_id = $1 AND i.indicator_id = sent.indicator_id RETURNING i.indicator_id AS id, i.unanswered, i.blamed AS "isBlamed"`,
      [id, unanswered],
    );
    // Whatever it waited for before its first failure was answered.
    const { rows } = await client.query<{ since: Date; now: Date }>(
      `UPDATE push SET message = $3, failures = $4, waiting_since = CASE WHEN failures = 0 THEN now() ELSE coalesce(waiting_since, now()) END
       WHERE id = $1 AND lease_owner = $2 RETURNING waiting_since AS since, clock_timestamp() AS now`,
      [id, leaseOwner, message, failures],
    );
    const [row] = rows;
    if (!row) throw new Error("Another worker took this push over.");
    const lone = unanswered.length === 1 ? (carried[0] ?? null) : null;
    return { ...row, lone, leftovers: await readLeftovers(client, id) };
  });

const MOST_COUNTED = 10_000;

/**
 * What was not answered often enough, of this push or of those that wait for the same destination, is blamed: others are answered. What is
 * blamed already keeps what it failed in since: else each answer would begin the search for several of them anew.
 */
const blameSuspects = async (
  client: PoolClient,
  { id, destinationId }: Pick<OpenPush, "id" | "destinationId">,
): Promise<void> => {
  await client.query(
    `UPDATE push_item i SET unanswered = 0, blamed = true FROM (
       SELECT s.push_id, s.indicator_id FROM push p JOIN connector c ON c.id = p.connector_id AND c.destination_id = $2
       JOIN push_item s ON s.push_id = p.id AND s.state = 'sending' AND NOT s.blamed AND s.unanswered > $3
       WHERE p.state = 'running' AND (p.id = $1 OR (p.waiting_since IS NOT NULL AND p.lease_owner IS NULL))
       ORDER BY s.push_id, s.indicator_id FOR UPDATE OF s
     ) suspect WHERE i.push_id = suspect.push_id AND i.indicator_id = suspect.indicator_id`,
    [id, destinationId, TRIES_IN_PLACE],
  );
};

/** Notes that the destination answers again: whatever else waits for it need not wait any longer, and was not in vain all the time. */
export const noteAnswered = async ({ id, leaseOwner, destinationId }: OpenPush): Promise<void> => {
  await bulkAsSystem("delivery", async (client) => {
    await blameSuspects(client, { id, destinationId });
    await client.query(
      "UPDATE push SET failures = 0, waiting_since = NULL WHERE id = $1 AND lease_owner = $2",
      [id, leaseOwner],
    );
    const { rows } = await client.query<{ id: string; isUrgent: boolean }>(
      `UPDATE push SET wake_at = NULL, failures = 0, announced_at = now() FROM connector c
       WHERE c.id = push.connector_id AND c.destination_id = $2 AND push.id <> $1 AND push.state = 'running'
         -- What was asked for patience, or waits for room, was answered.
         AND push.failures > 0 AND push.lease_owner IS NULL AND push.wake_at > clock_timestamp()
       RETURNING push.id, push.urgent AS "isUrgent"`,
      [id, destinationId],
    );
    for (const other of rows)
      await announceSql(client, other.isUrgent ? pushDeliverUrgent : pushDeliver, { pushId: other.id });
  });
  await relayOutbox();
};
