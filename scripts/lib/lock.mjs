import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { signalOne } from "./child.mjs";
import { codeOf, Fault } from "./fault.mjs";
import { readIfThere, writeWhole } from "./files.mjs";
import { identityOf } from "./process-identity.mjs";
import { warn } from "./terminal.mjs";

/**
 * Who works with a DATA_DIR, and which processes it started.
 * @typedef {{ pid: number, identity: string, what: string, url?: string, children: Kept[] }} Holder
 * @typedef {{ name: string, pid: number, identity: string }} Kept
 */

/**
 * Takes DATA_DIR for this process alone. What a predecessor that was killed left running is ended first.
 * @param {string} dataDir
 * @param {string} what such as "npm start"
 */
export const takeLock = async (dataDir, what) => {
  mkdirSync(dataDir, { recursive: true });
  const path = lockPath(dataDir);
  /** @type {Holder} */
  const holder = { pid: process.pid, identity: identityOf(process.pid) ?? "", what, children: [] };
  while (!tryTake(path, holder)) {
    const text = readIfThere(path);
    const other = text === undefined ? undefined : parse(text);
    if (other && isHeld(other)) throw new Fault(describe(other, dataDir));
    if (text !== undefined && setAside(path, text) && other) await endOrphans(other);
  }

  const save = () => writeWhole(path, JSON.stringify(holder));
  return {
    /** @param {string} url where the product is open */
    announce: (url) => {
      holder.url = url;
      save();
    },
    /** @param {import("./child.mjs").Child} child */
    addChild: ({ name, pid }) => {
      const identity = pid === undefined ? undefined : identityOf(pid);
      if (pid === undefined || identity === undefined) return;
      holder.children.push({ name, pid, identity });
      save();
    },
    release: () => rmSync(path, { force: true }),
  };
};

/** @typedef {Awaited<ReturnType<typeof takeLock>>} Lock */

/**
 * @param {string} dataDir
 * @returns {Holder | undefined} the live process that works with it
 */
export const findHolder = (dataDir) => {
  const text = readIfThere(lockPath(dataDir));
  const holder = text === undefined ? undefined : parse(text);
  return holder && isHeld(holder) ? holder : undefined;
};

/** @param {string} dataDir */
const lockPath = (dataDir) => join(dataDir, "running.json");

/** A link appears whole or not at all. @param {string} path @param {Holder} holder */
const tryTake = (path, holder) => {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

/**
 * Moves a dead holder's file away, unless another start has replaced it meanwhile.
 * @param {string} path
 * @param {string} text
 */
const setAside = (path, text) => {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  const isSame = readIfThere(aside) === text;
  if (!isSame) renameSync(aside, path);
  rmSync(aside, { force: true });
  return isSame;
};

/** @param {Holder} holder */
const isHeld = (holder) => identityOf(holder.pid) === holder.identity;

/** @param {Holder} holder @param {string} dataDir */
const describe = ({ pid, what, url }, dataDir) =>
  `Already running with the data of ${dataDir}: ${what}, process ${pid}${url ? `, at ${url}` : ""}. Stop that one first (Ctrl-C in its terminal, or: kill ${pid}).`;

/** @param {Holder} holder */
const endOrphans = async ({ children }) => {
  for (const { name, pid, identity } of children) {
    if (identityOf(pid) !== identity) continue;
    warn(`${name} was left over from a start that was killed (process ${pid}): ending it.`);
    signalOne(-pid, "SIGTERM");
    await gone(pid, identity, 10_000);
    signalOne(-pid, "SIGKILL");
    await gone(pid, identity, 5_000);
  }
};

/** @param {number} pid @param {string} identity @param {number} waitMs */
const gone = async (pid, identity, waitMs) => {
  const until = Date.now() + waitMs;
  while (identityOf(pid) === identity && Date.now() < until)
    await new Promise((next) => setTimeout(next, 50));
};

/** @param {string} text @returns {Holder | undefined} undefined when the file is not whole */
const parse = (text) => {
  try {
    const holder = JSON.parse(text);
    return Number.isInteger(holder?.pid) && Array.isArray(holder.children) ? holder : undefined;
  } catch {
    return undefined;
  }
};
