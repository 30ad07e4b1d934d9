import "server-only";

import type { PoolClient } from "pg";

import { watchStatements, type StatementCost, type StatementWatch } from "@/lib/db/watch-statements";
import { watchWaits, type Waits } from "@/lib/db/watch-waits";
import { logger } from "@/lib/observability/logger";

/** Follows how a plan is made. */
export type PlanWatch = {
  /** From here on it is this that takes time. */
  enter: (stage: PlanStage) => void;
  /** Watches what the plan's connection is asked for. */
  follow: <T>(client: PoolClient, run: () => Promise<T>) => Promise<T>;
};

/** `look`: at the tenant. `connection`: for one of the pool. `places`: where they are limited, among what was judged to be wanted. */
type PlanStage = "look" | "connection" | "connector" | "judge" | "places" | "write" | "commit";

type Subject = { connectorId: string; teamId: string; slowAfterMs?: number | undefined };

/**
 * Makes a plan, and where that takes longer than a plan may, writes to the log where its time went: how long each stage took, what it had
 * PostgreSQL do and how that did it, and what was waited for. No values of indicators.
 */
export const watchPlan = async <Made extends { id: string; counts: object }>(
  { connectorId, teamId, slowAfterMs = SLOW_AFTER_MS }: Subject,
  make: (watch: PlanWatch) => Promise<Made>,
): Promise<Made> => {
  const recorder = createRecorder(slowAfterMs);
  let made: Made | null = null;
  try {
    made = await make(recorder.watch);
    return made;
  } finally {
    const { ms, ...found } = recorder.end();
    if (ms >= slowAfterMs) {
      const plan = made === null ? null : { id: made.id, counts: made.counts };
      logger.warn({ connectorId, teamId, plan, ms, ...found }, "A plan took long");
    }
  }
};

/** An unchanged world of 500,000 candidates is planned in less. */
const SLOW_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const MOST_STATEMENTS = 8;

type Stage = { stage: PlanStage; ms: number; statements: number; statementsMs: number; rows: number };

type Found = {
  ms: number;
  /** What this process worked meanwhile, on whatever. */
  cpuMs: number;
  stages: readonly Stage[];
  statements: readonly StatementCost[];
  waits: Waits;
};

const createRecorder = (slowAfterMs: number) => {
  const begunAt = performance.now();
  const cpu = process.cpuUsage();
  const stages: Stage[] = [];
  let statements: readonly StatementCost[] = [];
  let waits: Waits = {};
  let current: { stage: PlanStage; at: number; before: Total } | null = null;
  let followed: StatementWatch | null = null;

  const leave = (): void => {
    if (current === null) return;
    const { stage, at, before } = current;
    const after = followed?.total() ?? NOTHING;
    stages.push({
      ...{ stage, ms: round(performance.now() - at), statements: after.calls - before.calls },
      ...{ statementsMs: round(after.ms - before.ms), rows: after.rows - before.rows },
    });
    current = null;
  };
  const enter = (stage: PlanStage): void => {
    leave();
    current = { stage, at: performance.now(), before: followed?.total() ?? NOTHING };
  };
  const follow = async <T>(client: PoolClient, run: () => Promise<T>): Promise<T> => {
    const watching = watchStatements(client);
    const waiting = watchWaits(client, {
      afterMs: Math.max(0, slowAfterMs - (performance.now() - begunAt)),
      everyMs: LOOK_EVERY_MS,
    });
    enter("connector");
    followed = watching;
    try {
      return await run();
    } finally {
      enter("commit");
      followed = null;
      watching.stop();
      statements = watching.costs().slice(0, MOST_STATEMENTS);
      waits = waiting.stop();
    }
  };
  const end = (): Found => {
    leave();
    const { user, system } = process.cpuUsage(cpu);
    const ms = round(performance.now() - begunAt);
    return { ms, cpuMs: round((user + system) / 1_000), stages, statements: statements.map(rounded), waits };
  };
  return { watch: { enter, follow } satisfies PlanWatch, end };
};

type Total = ReturnType<StatementWatch["total"]>;
const NOTHING: Total = { calls: 0, ms: 0, rows: 0 };

const round = (ms: number): number => Math.round(ms);
const rounded = (cost: StatementCost): StatementCost => ({
  ...cost,
  ms: round(cost.ms),
  longestMs: round(cost.longestMs),
});
