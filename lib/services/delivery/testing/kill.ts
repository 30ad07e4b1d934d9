import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Delivers a push in another process that dies after so many answers of the destination, with so many requests under way; resolves with the signal that ended it. */
export const deliverUntilKilled = async (
  pushId: string,
  answers: number,
  requestsAtOnce = 1,
): Promise<string | null> => {
  const script = join(import.meta.dirname, "dying-worker.ts");
  const numbers = [answers, requestsAtOnce].map(String);
  const arguments_ = ["--import", "tsx", "--conditions=react-server", script, pushId, ...numbers];
  const worker = spawn(process.execPath, arguments_, { stdio: ["ignore", "ignore", "inherit"] });
  const [, signal] = (await once(worker, "exit")) as [number | null, string | null];
  return signal;
};
