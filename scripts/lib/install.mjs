import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

import { Fault } from "./fault.mjs";
import { readIfThere } from "./files.mjs";
import { inProject, ROOT } from "./paths.mjs";
import { doing, since } from "./terminal.mjs";

const LEAST_NODE = [20, 19];
const STAMP = inProject("node_modules/.sluice-installed");

/** Refuses a Node.js that is too old, in one line. */
export const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  if (process.platform === "win32")
    throw new Fault("Windows is not supported: run Sluice in WSL, or use Docker.");
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    throw new Fault(`Node.js ${process.versions.node} is too old: install ${LEAST_NODE.join(".")} or later.`);
};

/** Installs the packages if they are missing or other than package-lock.json says. @returns {string} what was done */
export const ensurePackages = () => {
  if (whyIncomplete() === undefined) return "up to date";
  const startedAt = performance.now();
  doing("Installing packages (npm ci)");
  const clean = npm("ci");
  // A mirror that lacks a package for another platform makes the lock look incomplete to `npm ci`; `npm install` takes the
  // same versions from the same lock, and writes neither.
  const installed = clean.status === 0 ? clean : npm("install", "--no-save");
  if (installed.status !== 0)
    throw new Fault(
      `The packages could not be installed. Behind a mirror, set npm's registry and try again.\n${tail(clean)}\n${tail(installed)}`,
    );
  writeFileSync(STAMP, lockHash());
  return `installed in ${since(startedAt)}`;
};

/** @param {string[]} args */
const npm = (...args) => {
  const [command, ...before] = npmCommand();
  const options = ["--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync(command, [...before, ...args, ...options], {
    cwd: ROOT,
    encoding: "utf8",
    // A production setting of the caller must not leave out what builds and tests.
    env: { ...process.env, NODE_ENV: "" },
  });
  if (!result.error) return result;
  throw new Fault(`npm was not found (${result.error.message}). Install it: it comes with Node.js.`);
};

/** @param {{ stderr: string }} result */
const tail = ({ stderr }) => stderr.trim().split("\n").slice(0, 6).join("\n");

/**
 * Compares what npm installed with what package-lock.json asks for.
 * @returns {string | undefined} undefined when nothing is missing
 */
export const whyIncomplete = () => {
  const gone = directPackages().find((name) => !existsSync(inProject(`node_modules/${name}`)));
  if (gone !== undefined) return `${gone} is gone`;
  if (readIfThere(STAMP) === lockHash()) return undefined;
  const installed = readIfThere(inProject("node_modules/.package-lock.json"));
  if (installed === undefined) return "nothing is installed";
  /** @type {{ packages: Record<string, { version?: string, optional?: boolean, extraneous?: boolean }> }} */
  const wanted = JSON.parse(readFileSync(inProject("package-lock.json"), "utf8"));
  /** @type {typeof wanted} */
  const found = JSON.parse(installed);
  for (const [path, { version, optional, extraneous }] of Object.entries(wanted.packages)) {
    if (path === "" || extraneous || (optional && !found.packages[path])) continue;
    if (found.packages[path]?.version !== version) return `${path} is not ${version}`;
    if (!existsSync(inProject(path))) return `${path} is gone`;
  }
  // Somebody ran npm by hand: that counts.
  writeFileSync(STAMP, lockHash());
  return undefined;
};

const directPackages = () => {
  /** @type {{ dependencies: Record<string, string>, devDependencies: Record<string, string> }} */
  const { dependencies, devDependencies } = JSON.parse(readFileSync(inProject("package.json"), "utf8"));
  return Object.keys({ ...dependencies, ...devDependencies });
};

const lockHash = () =>
  createHash("sha256")
    .update(readFileSync(inProject("package-lock.json")))
    .digest("hex");

/** The npm that runs us, else the one on the path. @returns {[string, ...string[]]} */
const npmCommand = () => {
  const own = process.env["npm_execpath"];
  return own?.endsWith(".js") ? [process.execPath, own] : ["npm"];
};
