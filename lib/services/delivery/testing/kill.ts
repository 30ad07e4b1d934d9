import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Delivers a push in another process that dies after so many answers of the destination, with so many requests under way; resolves with the signal that ended it. */
export const deliverUntilKilled = async (
  pushId: string,
  answers: number,
  requestsAtOnce = 1,
): Promise<string | null> => {
  const worker = runWorker("dying-worker.ts", [pushId, String(answers), String(requestsAtOnce)]);
  worker.stdout.resume();
  const [, signal] = (await once(worker, "exit")) as [number | null, string | null];
  return signal;
};

/** Delivers a push in another process that takes so long after each answer; resolves with what that process says became of it. */
export const deliverElsewhere = async (
  pushId: string,
  pauseMs: number,
  requestsAtOnce = 1,
): Promise<string> => {
  const worker = runWorker("slow-worker.ts", [pushId, String(pauseMs), String(requestsAtOnce)]);
  let said = "";
  worker.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(worker, "close");
  return said;
};

const runWorker = (script: string, given: readonly string[]) =>
  spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=react-server", join(import.meta.dirname, script), ...given],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
