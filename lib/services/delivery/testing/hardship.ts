import { expect } from "vitest";

import { bulkAsSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { toWireValue } from "@/lib/connectors/defender/map";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { deliverPush, type DeliveryOutcome } from "../deliver-push";
import { listReceipts, type ReceiptView } from "../list-receipts";
import { resumePush } from "../resume-push";
import type { Vouched } from "./desk";
import { countOverLimit, PUBLISHED, type Rates } from "./count-requests";
import { findSentAgain, type SentAgain } from "./find-sent-again";
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

/** What of a push may have left and was answered by nobody that lived, as its destination names the values. */
export const readUnderWay = (pushId: string): Promise<ReadonlySet<string>> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows } = await client.query<{ type: number; value: string }>(
      `SELECT i.type, i.value FROM push_item p JOIN indicator i ON i.id = p.indicator_id
       WHERE p.push_id = $1 AND p.state = 'sending'`,
      [pushId],
    );
    return new Set(rows.map(({ type, value }) => toWireValue(indicatorTypeFromCode(type), value)));
  });

type Circumstances = {
  /** Values that were to go. */
  gone?: readonly Vouched[];
  /** What was under way when a worker died (`readUnderWay`): it may have had an answer and died before it could write it down. */
  underWay?: ReadonlySet<string>;
  /** Tighter rates than the published ones, where the test has such. */
  rates?: Partial<Rates>;
};

/**
 * Every value stands exactly once, or its receipt says why not, and what was to go does not stand; no published rate was passed, and nothing
 * was sent again for nothing: what was under way when a worker died once more at most, and all else never.
 */
export const expectTruth = async (
  remote: Remote,
  connector: ConnectorView,
  values: readonly Vouched[],
  { gone = [], underWay = new Set(), rates = {} }: Circumstances = {},
): Promise<void> => {
  const standing = new Map<string, number>();
  for (const value of await standingValues(remote, connector))
    standing.set(value, (standing.get(value) ?? 0) + 1);
  const byValue = new Map((await readReceipts(connector)).map((receipt) => [receipt.value, receipt]));
  const timesOf = ({ type, value }: Vouched): number => standing.get(toWireValue(type, value)) ?? 0;
  for (const one of values) {
    const receipt = byValue.get(one.value);
    if (receipt?.state === "failed") {
      expect([one.value, timesOf(one), receipt.reason]).toEqual([
        one.value,
        0,
        expect.stringMatching(/\w{3}/),
      ]);
    } else
      expect([one.value, timesOf(one), receipt?.state]).toEqual([
        one.value,
        1,
        expect.stringMatching(/accepted|visible/),
      ]);
  }
  for (const one of gone)
    expect([one.value, timesOf(one), byValue.get(one.value)?.state]).toEqual([
      one.value,
      0,
      expect.stringMatching(/withdrawing|gone/),
    ]);
  const journal = await remote.journal();
  expect(findOverLimit(journal, { ...PUBLISHED, ...rates }), "requests above a published rate").toEqual([]);
  const again = findSentAgain(journal.filter(isOfProduct), await readIds(connector));
  expect(takeOnce(again, underWay), "sent again after an answer").toEqual([]);
};

/** Not of somebody at the portal. */
const isOfProduct = ({ headers }: Received): boolean => headers["user-agent"] === "Sluice";

/** All but what one of those was sent again once. */
const takeOnce = (again: readonly SentAgain[], underWay: ReadonlySet<string>): SentAgain[] => {
  const taken = new Set<string>();
  return again.filter(({ value, what }) => {
    if (!underWay.has(value) || taken.has(what)) return true;
    taken.add(what);
    return false;
  });
};

const readReceipts = async (connector: ConnectorView): Promise<ReceiptView[]> => {
  const all: ReceiptView[] = [];
  for (let after: string | null = null; ;) {
    const { receipts, next } = await listReceipts(connector, { limit: 500, after });
    all.push(...receipts);
    if (next === null) return all;
    after = next;
  }
};

/** The values of all ids that records of a connector's destination have or had. */
const readIds = ({ id }: ConnectorView): Promise<ReadonlyMap<string, string>> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows } = await client.query<{ remoteId: string; type: number; value: string }>(
      `SELECT ids.id AS "remoteId", i.type, i.value
       FROM connector c CROSS JOIN LATERAL (
         SELECT x.indicator_id, x.remote_id AS id FROM receipt x WHERE x.connector_id = c.id
         UNION SELECT r.indicator_id, unnest(r.remote_id || r.ended_ids) FROM remote_record r
         WHERE r.destination_id = c.destination_id
       ) ids JOIN indicator i ON i.id = ids.indicator_id WHERE c.id = $1 AND ids.id IS NOT NULL`,
      [id],
    );
    return new Map(
      rows.map(({ remoteId, type, value }) => [remoteId, toWireValue(indicatorTypeFromCode(type), value)]),
    );
  });

const standingValues = async (remote: Remote, { kind }: ConnectorView): Promise<string[]> => {
  if (kind === "defender") return (await remote.defender()).map(({ indicatorValue }) => indicatorValue);
  return (await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1] ?? pattern);
};

/** What was too much: what the sandbox, which keeps the published rates itself, turned away unasked, and what its journal shows. */
export const findOverLimit = (journal: readonly Received[], rates: Rates = PUBLISHED): string[] => [
  ...journal.flatMap(({ path, status, fault }) =>
    status === 429 && fault === null ? [`${path} was turned away`] : [],
  ),
  ...countOverLimit(journal, rates),
];
