import { once } from "node:events";

import { Client } from "pg";

import { closeDatabase } from "@/lib/db/client";
import { closeQueues } from "@/lib/jobs/enqueue";

import { timeRun, warm } from "./feed-runs";
import type { WorkerResult, WorkerTask } from "./run-in-worker";

const SLOW_MS = 20;

/** Sums up the milliseconds of slow statements: the set SQL of a run, told from everything else by taking over 20 ms. */
const watchStatements = () => {
  const original: unknown = Reflect.get(Client.prototype, "query");
  if (typeof original !== "function") throw new Error("pg has changed: its client has no query.");
  const watched = { sum: 0 };
  const measured = function (this: Client, ...args: unknown[]): unknown {
    const start = performance.now();
    const result: unknown = Reflect.apply(original, this, args);
    if (result instanceof Promise)
      void result.then(
        () => {
          const ms = performance.now() - start;
          if (ms > SLOW_MS) watched.sum += ms;
        },
        () => undefined,
      );
    return result;
  };
  Reflect.set(Client.prototype, "query", measured);
  return watched;
};

// One feed's run in this process; see run-in-worker.ts.
const [{ actor, feed, expected, warmUp }] = (await once(process, "message")) as [WorkerTask];
await warm(actor, warmUp);
const statements = watchStatements();
const { ms, counts } = await timeRun(actor, feed, expected);
const result: WorkerResult = {
  ms,
  counts,
  databaseMs: statements.sum,
  peakMb: process.resourceUsage().maxRSS / 1024,
};
process.send?.(result);
await closeQueues();
await closeDatabase();
process.disconnect();
