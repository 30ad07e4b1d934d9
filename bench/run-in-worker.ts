import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { Actor } from "@/lib/domain/access/actor";
import type { FeedView } from "@/lib/services/feeds/feed-view";
import type { RunView } from "@/lib/services/feeds/run-view";

export type WorkerTask = {
  actor: Actor;
  feed: FeedView;
  expected: RunView["state"];
  /** A small feed that is run before: a worker has been at work when a large list comes. */
  warmUp: FeedView;
  /** Small lists that the same worker reads meanwhile, each again and again as a new feed of its actor. */
  beside?: readonly { actor: Actor; url: string }[];
};
export type WorkerResult = {
  ms: number;
  counts: RunView["counts"];
  /** Statements of the run but those that go on beside parsing: COPY, and adding new values. */
  databaseMs: number;
  /** The most that the process ever held. */
  peakMb: number;
  /** For each of the small lists, how long each reading took, in milliseconds. */
  besideMs: readonly (readonly number[])[];
};

/** Runs a feed in a process of its own, as a worker does, so that its memory and its processor are its own. */
export const runInWorker = async (task: WorkerTask): Promise<WorkerResult> => {
  const child = fork(join(import.meta.dirname, "worker.ts"), {
    serialization: "advanced",
  });
  child.send(task);
  const [[result], [code]] = await Promise.all([
    Promise.race([once(child, "message"), once(child, "exit")]) as Promise<[WorkerResult | number | null]>,
    once(child, "exit") as Promise<[number | null]>,
  ]);
  if (typeof result !== "object" || result === null || code !== 0)
    throw new Error("The bench's worker ended without a result.");
  return result;
};
