import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const MAX_BYTES = 20 * 1024 * 1024;
const KEPT = 3;

/**
 * A log that starts anew each time, keeps its three predecessors and moves aside at 20 MB.
 * @param {string} path
 */
export const openLog = (path) => {
  mkdirSync(dirname(path), { recursive: true });
  let file = startAnew(path);
  let bytes = 0;

  /** A full disk must not end the product over a log line. @param {Buffer | string} chunk */
  const write = (chunk) => {
    try {
      if (bytes > MAX_BYTES) {
        closeSync(file);
        file = startAnew(path);
        bytes = 0;
      }
      bytes += writeSync(file, typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  };

  /** @param {number} count @returns {string[]} the newest lines that are not blank */
  const tail = (count) => readFileSync(path, "utf8").split("\n").filter(Boolean).slice(-count);

  return { path, write, tail, close: () => closeSync(file) };
};

/** @typedef {ReturnType<typeof openLog>} Log */

/** @param {string} path */
const startAnew = (path) => {
  for (let age = KEPT; age > 0; age -= 1) {
    const from = age === 1 ? path : `${path}.${age - 1}`;
    if (existsSync(from)) renameSync(from, `${path}.${age}`);
  }
  return openSync(path, "w", 0o600);
};
