import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";
import { utcSecond } from "@/lib/domain/utc";
import { isGivenUp, type SentBefore } from "@/lib/domain/delivery/suspects";
import { lateBy, TRIES_IN_PLACE, waitAfterFailure } from "@/lib/domain/delivery/wait-after-failure";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { notePush } from "./finish-push";
import { giveUp } from "./give-up";
import type { OpenPush } from "./push-lease";
import type { Trouble } from "./send-batch";

/** Longer than this no push keeps a worker only to wait. */
export const LONGEST_NAP_MS = 5_000;

/** Why a delivery ends before every item has its outcome: a person must do something first, or it has to wait for long. */
export type Interruption =
  { status: "stopped"; message: string } | { status: "waiting"; waitMs: number; message: string };

export type Progress = {
  /** Requests that failed in a row, without any item judged in between. */
  failures: number;
};

type Waiting = { push: OpenPush; signal: AbortSignal; progress: Progress };

/**
 * Resolves to null when another try may help at once. `unanswered`: what the request carried. One record that nothing answers, while other
 * requests are answered, is given up.
 */
export const waitAfterTrouble = async (
  { push, signal, progress }: Waiting,
  { message, retry, waitMs: askedMs, isUnanswered }: Trouble,
  unanswered: readonly string[] = [],
): Promise<Interruption | null> => {
  if (retry === "never") return { status: "stopped", message };
  const note = `${message} Sending goes on by itself.`;
  if (!isUnanswered) {
    if (askedMs !== null && askedMs > LONGEST_NAP_MS)
      return { status: "waiting", waitMs: askedMs, message: note };
    await notePush(push, note);
    return null;
  }
  progress.failures += 1;
  const { failures } = progress;
  const jitter = Math.random();
  const { since, lone } = await noteFailure(push, { message: note, failures, unanswered });
  if (lone && isGivenUp(lone, failures)) {
    await giveUp(push, lone.id, message);
    progress.failures = 0;
    return null;
  }
  const { isInPlace, waitMs } = waitAfterFailure(failures, {
    isUrgent: push.isUrgent,
    jitter,
  });
  if (!isInPlace) {
    const longerMs = Math.max(waitMs, spread(askedMs ?? 0, jitter));
    const facts = { since, failures, longerMs, isLonger: askedMs !== null && askedMs < waitMs };
    return { status: "waiting", waitMs: longerMs, message: outage(message, facts) };
  }
  if (askedMs === null) await sleep(waitMs, undefined, { signal });
  // The bucket knows how long; whoever asks for the next batch waits for it.
  else if (askedMs > LONGEST_NAP_MS)
    return { status: "waiting", waitMs: spread(askedMs, jitter), message: note };
  return null;
};

const spread = (askedMs: number, jitter: number): number => askedMs + lateBy(askedMs, jitter);

type Outage = {
  since: Date;
  failures: number;
  longerMs: number;
  /** It waits longer than it was asked to. */
  isLonger: boolean;
};

const outage = (message: string, { since, failures, longerMs, isLonger }: Outage): string =>
  `${message} It has not gone on since ${utcSecond(since)}, after ${String(failures)} tries${isLonger ? ", so it waits longer than it was asked to" : ""}. Nothing is lost and nobody has to do anything: the next try is at ${utcSecond(new Date(Date.now() + longerMs))}.`;

type Failure = { message: string; failures: number; unanswered: readonly string[] };

/**
 * Notes that once more nothing was answered, so that whichever worker is next goes on counting; gives since when that is so, and what the
 * request carried where that was a single record.
 */
const noteFailure = (
  { id, leaseOwner }: OpenPush,
  { message, failures, unanswered }: Failure,
): Promise<{ since: Date; lone: SentBefore | null }> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows: carried } = await client.query<SentBefore>(
      `UPDATE push_item i SET unanswered = least(i.unanswered + 1, ${String(MOST_COUNTED)}) FROM (
         SELECT indicator_id FROM push_item WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'sending'
         ORDER BY indicator_id FOR UPDATE
       ) sent WHERE i.push_id = $1 AND i.indicator_id = sent.indicator_id RETURNING i.indicator_id AS id, i.unanswered, i.blamed AS "isBlamed"`,
      [id, unanswered],
    );
    const { rows } = await client.query<{ since: Date }>(
      `UPDATE push SET message = $3, failures = $4, waiting_since = coalesce(waiting_since, now())
       WHERE id = $1 AND lease_owner = $2 RETURNING waiting_since AS since`,
      [id, leaseOwner, message, failures],
    );
    const [row] = rows;
    if (!row) throw new Error("Another worker took this push over.");
    return { since: row.since, lone: unanswered.length === 1 ? (carried[0] ?? null) : null };
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
         AND push.waiting_since IS NOT NULL AND push.lease_owner IS NULL AND push.wake_at > clock_timestamp()
       RETURNING push.id, push.urgent AS "isUrgent"`,
      [id, destinationId],
    );
    for (const other of rows)
      await announceSql(client, other.isUrgent ? pushDeliverUrgent : pushDeliver, { pushId: other.id });
  });
  await relayOutbox();
};
