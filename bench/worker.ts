import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";

import { Client } from "pg";

import { closeDatabase } from "@/lib/db/client";
import type { Actor } from "@/lib/domain/access/actor";
import { closeQueues } from "@/lib/jobs/enqueue";
import { logger } from "@/lib/observability/logger";
import { giveWay } from "@/workers/give-way";
import { holdLittle } from "@/workers/hold-little";

import { addBenchFeed, timeRun, warm } from "./feed-runs";
import { repeat } from "./lib";
import type { WorkerResult, WorkerTask } from "./run-in-worker";

const SLOW_MS = 20;

/** Adding new values goes on while the list is read, on another connection (lib/db/queries/registrar.ts). */
const isBeside = (query: unknown): boolean => typeof query === "string" && query.includes("FROM arriving");

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
          if (ms > SLOW_MS && !isBeside(args[0])) watched.sum += ms;
        },
        () => undefined,
      );
    return result;
  };
  Reflect.set(Client.prototype, "query", measured);
  return watched;
};

/**
 * The most memory that this process held, in MB. What getrusage calls that begins at what the process that started this one
 * held, on Linux; there the kernel's own mark is taken.
 */
const peakMb = (): number => {
  const status = "/proc/self/status";
  const mark = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8")) : null;
  return (mark ? Number(mark[1]) : process.resourceUsage().maxRSS) / 1024;
};

/** One team's 720 feeds an hour, all of them new. */
const BESIDE_EVERY_MS = 5_000;

/** A new feed of the list again and again. */
const readAgainAndAgain = (
  { actor, url }: { actor: Actor; url: string },
  signal: AbortSignal,
): Promise<readonly number[]> =>
  repeat(
    signal,
    BESIDE_EVERY_MS,
    async () => (await timeRun(actor, await addBenchFeed(actor, url), "succeeded")).ms,
  );

// One feed's run in this process; see run-in-worker.ts.
giveWay(logger);
holdLittle();
const [{ actor, feed, expected, warmUp, beside = [] }] = (await once(process, "message")) as [WorkerTask];
await warm(actor, warmUp);
const over = new AbortController();
const readings = beside.map((small) => readAgainAndAgain(small, over.signal));
const statements = watchStatements();
const { ms, counts } = await timeRun(actor, feed, expected);
over.abort();
const result: WorkerResult = {
  ms,
  besideMs: await Promise.all(readings),
  counts,
  databaseMs: statements.sum,
  peakMb: peakMb(),
};
process.send?.(result);
await closeQueues();
await closeDatabase();
process.disconnect();
