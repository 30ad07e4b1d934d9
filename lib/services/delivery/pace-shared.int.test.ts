import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import type { Destination } from "@/lib/connectors/contract";
import { RATE_LIMITS } from "@/lib/connectors/limits";
import { openDestination } from "@/lib/connectors/registry";
import { outgoing } from "@/lib/connectors/testing/records";
import { steer, teamA, useSandbox } from "@/lib/connectors/testing/sandbox";
import { AppError } from "@/lib/domain/errors";
import { useTestDatabase } from "@/lib/testing/database";
import { startSandbox } from "@/sandbox/server";

import { createPacer, type Pacer } from "./pace";
import { lookAt } from "./testing/remote";

// Two workers at one destination, as fast as its row lets them, against a service that counts by the published limits. Where both
// have to wait nobody sleeps: the service's clock and the row move on by as much as the next one may leave.

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const WORKERS = 2;
const MINUTE_MS = 60_000;

beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => client.query("TRUNCATE bucket"));
});

/** Lets time go by once every worker that is still at it has to wait. */
const createClock = () => {
  let working = WORKERS;
  let waiting: { ms: number; wake: () => void }[] = [];
  const moveOn = async (): Promise<void> => {
    if (waiting.length === 0 || waiting.length < working) return;
    const advanceMs = Math.min(...waiting.map(({ ms }) => ms));
    const woken = waiting;
    waiting = [];
    await remote.control("PUT", "clock", { advanceMs });
    await database.asOwner((client) =>
      client.query(
        "UPDATE bucket SET sent_at = ARRAY(SELECT at - make_interval(secs => $1 / 1000.0) FROM unnest(sent_at) at ORDER BY 1)",
        [advanceMs],
      ),
    );
    for (const { wake } of woken) wake();
  };
  return {
    wait: (ms: number) =>
      new Promise<void>((wake, reject) => {
        waiting.push({ ms, wake });
        moveOn().catch(reject);
      }),
    leave: async () => {
      working -= 1;
      await moveOn();
    },
  };
};
type Clock = ReturnType<typeof createClock>;

type Send = (destination: Destination, number: number) => Promise<unknown>;

/** Sends so many requests one after the other, each as soon as the row lets it. */
const work = async (
  kind: "defender" | "sentinel",
  { clock, requests, send, destinationId }: Work,
): Promise<void> => {
  const { tenantId, clientId } = teamA(steerable());
  const pacer: Pacer = createPacer({ destinationId, tenantId, clientId, longestWaitMs: 0 });
  const destination = openDestination({ ...teamA(steerable()), kind, pace: pacer.pace });
  for (let sent = 0; sent < requests;)
    try {
      await send(destination, sent);
      await pacer.settle();
      sent += 1;
    } catch (error) {
      const waitMs = error instanceof AppError ? error.context["retryAfterMs"] : undefined;
      if (typeof waitMs !== "number") throw error;
      await clock.wait(waitMs);
    }
  await clock.leave();
};
type Work = { clock: Clock; requests: number; send: Send; destinationId: string };

const steerable = () => steer({ url: sandbox.url, close: () => Promise.resolve() });

/** Both at once; gives when each request of that path came, in ms of the service's clock, and the answers. */
const sendBeside = async (
  kind: "defender" | "sentinel",
  { path, ...options }: { path: RegExp; requests: number; send: Send },
) => {
  const shared = { ...options, clock: createClock(), destinationId: randomUUID() };
  await Promise.all(Array.from({ length: WORKERS }, () => work(kind, shared)));
  const requests = (await remote.journal()).filter((one) => path.test(one.path));
  return {
    at: requests.map(({ at }) => Date.parse(at)).sort((one, other) => one - other),
    refused: requests.filter(({ status }) => status === 429).length,
  };
};

const mostInAnyMinute = (times: readonly number[]): number =>
  Math.max(...times.map((start, first) => times.slice(first).filter((at) => at < start + MINUTE_MS).length));

describe("two workers that share a destination's row", () => {
  const twelve = (from: number) => Array.from({ length: 12 }, (_, index) => outgoing(from * 12 + index));

  it.each([
    {
      operation: "defender.import",
      kind: "defender",
      path: /\/indicators\/import$/,
      requests: 30,
      send: (destination: Destination, number: number) => destination.push(twelve(number)),
    },
    {
      operation: "sentinel.upload",
      kind: "sentinel",
      path: /:upload$/,
      requests: 70,
      send: (destination: Destination, number: number) => destination.push([outgoing(number)]),
    },
  ] as const)(
    "never pass the published limit of $operation in any minute, are never refused, and use it up",
    async ({ operation, kind, ...options }) => {
      const { at, refused } = await sendBeside(kind, options);
      const { perMinute, reserved = 0 } = RATE_LIMITS[operation];
      expect(refused).toBe(0);
      expect(at).toHaveLength(options.requests * WORKERS);
      expect(mostInAnyMinute(at)).toBeLessThanOrEqual(perMinute - reserved);
      expect(mostInAnyMinute(at)).toBeGreaterThanOrEqual(Math.floor((perMinute - reserved) * 0.9));
    },
    60_000,
  );
});
