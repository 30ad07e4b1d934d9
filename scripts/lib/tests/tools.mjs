import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

import { Fault } from "../fault.mjs";
import { doing } from "../terminal.mjs";

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** @returns {string | undefined} the browser that end-to-end tests can use */
export const findChromium = () => {
  const named = process.env["CHROMIUM_PATH"];
  if (named) return existsSync(named) ? named : undefined;
  return CHROMIUM.map(find).find(Boolean) ?? (existsSync(MAC_CHROME) ? MAC_CHROME : undefined);
};

/** @returns {string | undefined} */
export const findRedis = () => find("redis-server");

/** Finds the browser, or installs it where that is ours to do. @returns {string} */
export const ensureChromium = () =>
  ensure("chromium", findChromium, "Chromium or Chrome (or set CHROMIUM_PATH)");

/** Finds Redis, or installs it where that is ours to do. @returns {string} */
export const ensureRedis = () => ensure("redis-server", findRedis, "redis-server");

/**
 * @param {string} debianPackage
 * @param {() => string | undefined} look
 * @param {string} what for people
 * @returns {string}
 */
const ensure = (debianPackage, look, what) => {
  const there = look();
  if (there) return there;
  if (process.getuid?.() === 0 && find("apt-get")) {
    doing(`Installing ${debianPackage} (apt-get)`);
    apt("update");
    const error = apt("install", "-y", "--no-install-recommends", debianPackage);
    const installed = look();
    if (installed) return installed;
    throw new Fault(`apt-get could not install ${debianPackage}:\n${error}`);
  }
  throw new Fault(
    `The tests need ${what}, and only root on Debian may install it from here. Install it and run npm test again.`,
  );
};

/** @param {string[]} args @returns {string} what it said on failure */
const apt = (...args) => {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stderr } = spawnSync("apt-get", ["-q", ...args], { encoding: "utf8", env });
  return status === 0 ? "" : stderr.trim().split("\n").slice(-5).join("\n");
};

/** @param {string} program @returns {string | undefined} */
const find = (program) =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((path) => existsSync(path));
