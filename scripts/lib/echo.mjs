import { dim, red, yellow } from "./terminal.mjs";

const WARN = 40;
const ERROR = 50;
const MAX_LINES = 20;
const WINDOW_MS = 10_000;

/**
 * Shows on the terminal what a person should know of a child's log: warnings and errors, and nothing of the rest. What
 * comes in floods is cut, as all of it stands in the log.
 * @param {string} name
 * @param {string} logPath
 * @returns {(line: string, isError: boolean) => void}
 */
export const echoProblems = (name, logPath) => {
  let windowStart = 0;
  let shown = 0;
  return (line, isError) => {
    const text = describe(line, isError);
    if (text === undefined) return;
    const now = Date.now();
    if (now - windowStart > WINDOW_MS) {
      windowStart = now;
      shown = 0;
    }
    shown += 1;
    if (shown <= MAX_LINES) process.stderr.write(`  ${dim(name.padEnd(10))} ${text}\n`);
    if (shown === MAX_LINES) process.stderr.write(`  ${dim(`${name.padEnd(10)} … more in ${logPath}`)}\n`);
  };
};

/** @param {string} line @param {boolean} isError @returns {string | undefined} undefined when it is nothing to show */
const describe = (line, isError) => {
  const entry = parse(line);
  if (entry) {
    if (entry.level < WARN) return undefined;
    const reason = entry.err?.message && entry.err.message !== entry.msg ? `: ${entry.err.message}` : "";
    return (entry.level >= ERROR ? red : yellow)(`${entry.msg ?? ""}${reason}`);
  }
  // Node's own notices about what is going to change concern whoever develops, not whoever runs.
  const isNotice = /^\(node:\d+\)|^\(Use `node --trace/.test(line);
  return isError && !isNotice && line.trim() !== "" ? line : undefined;
};

/** @param {string} line @returns {{ level: number, msg?: string, err?: { message?: string } } | undefined} a line of pino's */
const parse = (line) => {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry.level === "number" ? entry : undefined;
  } catch {
    return undefined;
  }
};
