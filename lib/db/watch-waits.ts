import "server-only";

import type { PoolClient } from "pg";

import { database } from "./client";

/** What a connection was found doing, and how often: working, or waiting for what (`Lock/transactionid`, `IO/DataFileRead`). */
export type Waits = Readonly<Record<string, number>>;

type Options = {
  /** Nobody looks before. */
  afterMs: number;
  everyMs: number;
};

/** Looks each second, by another connection, what this one is doing, once it took long; `stop` gives what was seen. */
export const watchWaits = (client: PoolClient, { afterMs, everyMs }: Options): { stop: () => Waits } => {
  const seen = new Map<string, number>();
  const pid = "processID" in client ? client.processID : null;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    // That it cannot be told is told, too.
    const doing = await readDoing(pid).catch(() => "not known");
    seen.set(doing, (seen.get(doing) ?? 0) + 1);
    isLooking = false;
  };
  let timer = setTimeout(() => {
    timer = setInterval(() => void look(), everyMs);
    void look();
  }, afterMs);
  return {
    stop: () => {
      clearTimeout(timer);
      return Object.fromEntries(seen);
    },
  };
};

const readDoing = async (pid: unknown): Promise<string> => {
  const { rows } = await database().pool.query<{ doing: string }>(
    `SELECT CASE WHEN state <> 'active' THEN 'nothing: it waits for us' WHEN wait_event IS NULL THEN 'working'
       ELSE wait_event_type || '/' || wait_event END AS doing
     FROM pg_stat_activity WHERE pid = $1`,
    [pid],
  );
  return rows[0]?.doing ?? "not known";
};
