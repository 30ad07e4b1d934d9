import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

/** As the launcher starts it (scripts/lib/product.mjs): it ends by itself when the test's process is gone. */
const ARGUMENTS = [
  "--conditions=react-server",
  "--import=tsx",
  `--import=${pathToFileURL("scripts/lib/lifeline.mjs").href}`,
  "workers/main.ts",
];
const PATIENCE_MS = 90_000;

export type WorkerProcess = {
  /** Ends it as a crash or a pulled plug would; nothing in it gets to say a word. */
  kill: () => Promise<void>;
  /** Tells it to stop and gives its exit code. */
  stop: () => Promise<number | null>;
  /** What it printed so far. */
  lines: readonly string[];
};

/** Real workers in processes of their own, with this process's database and queue. Call `killAll` at the end. */
export const workerProcesses = () => {
  const running = new Set<ChildProcess>();

  const start = async (settings: Record<string, string> = {}): Promise<WorkerProcess> => {
    const child = spawn(process.execPath, ARGUMENTS, {
      // A group of its own, as the launcher gives it.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        // A process that serves does not know the owner.
        DATABASE_OWNER_URL: "",
        LOG_LEVEL: "info",
        SLUICE_LIFELINE: "1",
        ...settings,
      },
    });
    running.add(child);
    child.stdin.on("error", () => undefined);
    child.once("exit", () => running.delete(child));
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (line) => lines.push(line));
    await until("A worker's start", () => {
      if (child.exitCode !== null) throw new Error(`The worker ended:\n${lines.join("\n")}`);
      return Promise.resolve(lines.some((line) => line.includes('"msg":"Worker ready"')) || null);
    });
    return {
      lines,
      kill: () => kill(child),
      stop: async () => {
        const exited = once(child, "exit");
        child.kill("SIGTERM");
        await exited;
        return child.exitCode;
      },
    };
  };

  return {
    start,
    killAll: async (): Promise<void> => {
      await Promise.all([...running].map(kill));
    },
  };
};

const kill = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
};

/** Asks until the answer is not null. */
export const until = async <T>(
  what: string,
  read: () => Promise<T | null>,
  timeoutMs: number = PATIENCE_MS,
): Promise<T> => {
  const endsAt = Date.now() + timeoutMs;
  for (;;) {
    const found = await read();
    if (found !== null) return found;
    if (Date.now() > endsAt) throw new Error(`${what} took longer than ${String(timeoutMs / 1000)} s.`);
    await sleep(25);
  }
};
