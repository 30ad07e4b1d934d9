import { expect } from "vitest";

import { bulkAsSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { toWireValue } from "@/lib/connectors/defender/map";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { deliverPush, type DeliveryOutcome } from "../deliver-push";
import { listReceipts } from "../list-receipts";
import { resumePush } from "../resume-push";
import type { Vouched } from "./desk";
import { countOverLimit } from "./count-requests";
import { findSentAgain } from "./find-sent-again";
import type { lookAt, Received } from "./remote";

// What tests do to a push and what must hold after whatever happened to it.

const never = new AbortController().signal;
const MOST_TRIES = 40;

/** Waits are over and leases of dead workers have run out. */
export const letTimePass = (): Promise<void> =>
  bulkAsSystem("delivery", async (client) => {
    // What waits for room is tried again for a while, and a wait is part of that.
    await client.query(
      `UPDATE push_item i SET sent_at = i.sent_at - greatest(p.wake_at - clock_timestamp(), '0') FROM push p
       WHERE p.id = i.push_id AND p.state = 'running' AND p.wake_at IS NOT NULL AND i.state = 'sending'`,
    );
    await client.query("UPDATE push SET wake_at = NULL, lease_until = NULL WHERE state = 'running'");
    await client.query("UPDATE destination SET lease_until = NULL");
    await client.query("UPDATE bucket SET blocked_until = NULL");
  });

type Remote = ReturnType<typeof lookAt>;

/**
 * A minute is over, at the service and here. What counts against a rate is not forgotten, but as much older on either side: so nobody
 * need wait for it, and no more leaves than may.
 */
export const minutePasses = async (remote: Remote): Promise<void> => {
  await remote.control("PUT", "clock", { advanceMs: PASSED_SECONDS * 1_000 });
  await bulkAsSystem("delivery", async (client) => {
    await client.query(
      `UPDATE bucket SET blocked_until = blocked_until - make_interval(secs => $1),
         sent_at = ARRAY(SELECT at - make_interval(secs => $1) FROM unnest(sent_at) at ORDER BY at)`,
      [PASSED_SECONDS],
    );
  });
  await letTimePass();
};

const PASSED_SECONDS = 61;

type Endurance = {
  /** What a person does when the push stops; without it a stop is the end. */
  mend?: () => Promise<unknown>;
  open?: OpenDestination;
  /** How time passes between two turns; left out, all waits are over and what counted against a rate stays as it is. */
  pass?: () => Promise<void>;
};

/**
 * Delivers as workers, the sweep and a person do together, without the waiting; gives the last outcome. A worker that throws has
 * died: another takes over.
 */
export const endure = async (
  actor: Actor,
  { teamId }: ConnectorView,
  pushId: string,
  { mend, open, pass = letTimePass }: Endurance = {},
): Promise<DeliveryOutcome | "died"> => {
  for (let tries = 1; ; tries += 1) {
    const outcome = await deliverPush(pushId, { signal: never, ...(open && { open }) }).catch(
      () => "died" as const,
    );
    if (outcome === "done" || tries >= MOST_TRIES) return outcome;
    if (outcome === "busy" && (await isDone(pushId))) return "done";
    if (outcome === "stopped") {
      if (!mend) return outcome;
      await mend();
      await resumePush({ pushId, teamId, doer: asDoer(actor) });
    }
    await pass();
  }
};

const isDone = (pushId: string): Promise<boolean> =>
  bulkAsSystem("delivery", async (client) => {
    const { rowCount } = await client.query("SELECT FROM push WHERE id = $1 AND state = 'done'", [pushId]);
    return rowCount === 1;
  });

/**
 * Every value stands exactly once, or its receipt says why not; no published rate was passed, and nothing was sent again for nothing.
 * `isAnswerLost`: a worker may have had an answer and died before it could write it down.
 */
export const expectTruth = async (
  remote: Remote,
  connector: ConnectorView,
  values: readonly Vouched[],
  { isAnswerLost = false }: { isAnswerLost?: boolean } = {},
): Promise<void> => {
  const standing = await standingValues(remote, connector);
  const { receipts } = await listReceipts(connector, { limit: 500, after: null });
  const byValue = new Map(receipts.map((receipt) => [receipt.value, receipt]));
  for (const { type, value } of values) {
    const times = standing.filter((one) => one === toWireValue(type, value)).length;
    const receipt = byValue.get(value);
    if (receipt?.state === "failed") {
      expect([value, times, receipt.reason]).toEqual([value, 0, expect.stringMatching(/\w{3}/)]);
    } else
      expect([value, times, receipt?.state]).toEqual([value, 1, expect.stringMatching(/accepted|visible/)]);
  }
  const journal = await remote.journal();
  expect(findOverLimit(journal), "requests above a published rate").toEqual([]);
  const valueOf = new Map(
    receipts.flatMap(({ remoteId, type, value }) =>
      remoteId === null ? [] : [[remoteId, toWireValue(type, value)] as const],
    ),
  );
  const again = findSentAgain(journal, valueOf);
  // Nobody but a worker that died knew of its answer: then once more, and no more.
  expect(isAnswerLost ? findTwice(again) : again, "sent again after an answer").toEqual([]);
};

const standingValues = async (remote: Remote, { kind }: ConnectorView): Promise<string[]> => {
  if (kind === "defender") return (await remote.defender()).map(({ indicatorValue }) => indicatorValue);
  return (await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1] ?? pattern);
};

/** What was too much: what the sandbox, which keeps the published rates itself, turned away unasked, and what its journal shows. */
export const findOverLimit = (journal: readonly Received[]): string[] => [
  ...journal.flatMap(({ path, status, fault }) =>
    status === 429 && fault === null ? [`${path} was turned away`] : [],
  ),
  ...countOverLimit(journal),
];

const findTwice = (objects: readonly string[]): string[] =>
  objects.filter((object, place) => objects.indexOf(object) < place);
