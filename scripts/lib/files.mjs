import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";

import { codeOf } from "./fault.mjs";

/**
 * Replaces a file whole or not at all, readable by its owner only.
 * @param {string} path
 * @param {string} text
 */
export const writeWhole = (path, text) => {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = openSync(draft, "wx", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
};

/**
 * @param {string} path
 * @returns {string | undefined} the file's text; undefined when there is no such file
 */
export const readIfThere = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // ESRCH: a file of /proc whose process ended while it was read.
    if (["ENOENT", "ESRCH"].includes(codeOf(error) ?? "")) return undefined;
    throw error;
  }
};
