import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { explain } from "../fault.mjs";
import { inProject } from "../paths.mjs";
import { findPort } from "../ports.mjs";
import { dim, say } from "../terminal.mjs";
import { expectations } from "./expectations.mjs";
import { alive, leftOvers } from "./left-overs.mjs";
import { childrenOf, runProduct } from "./product-run.mjs";
import { readPlaywright } from "./reports.mjs";
import { runCommand } from "./stage.mjs";
import { tryTokenWithout, tryToolsBeside } from "./tools-beside.mjs";
import { ensureChromium } from "./tools.mjs";

/** @typedef {import("./stage.mjs").Bench} Bench */
/** @typedef {import("./stage.mjs").Tally} Tally */

const SECOND_START_MS = 10_000;
const STOP_MS = 45_000;

/**
 * The whole product as `npm start` brings it up: what a browser sees of it, and how it starts, stops and survives.
 * @param {Bench} bench
 * @returns {Promise<Tally>}
 */
export const runEndToEnd = async (bench) => {
  const chromium = ensureChromium();
  const dataDir = join(bench.directory, "product");
  mkdirSync(dataDir, { recursive: true });
  const port = await findPort(3_100, "127.0.0.1");
  const { expect, tally } = expectations();
  /** @type {import("./product-run.mjs").Product | undefined} */
  let running;
  const metricsToken = randomBytes(24).toString("hex");
  const start = async () => {
    const settings = { METRICS_TOKEN: metricsToken };
    running = await runProduct({ dataDir, port, settings, onLine: (line) => say(dim(line)) });
    return { product: running, ready: await running.untilReady() };
  };

  try {
    const first = await start();
    const browser = await runPlaywright(bench, { chromium, ready: first.ready, metricsToken });
    expect(
      "the first start gives the administrator a one-time password",
      () => first.ready.administrator.oneTimePassword !== null,
    );

    const other = await runProduct({ dataDir, port });
    expect(
      "a second start on the same data is refused in one line",
      await other.ended.then(
        (code) => () => code === 1 && other.lines.some((line) => line.includes("Already running")),
      ),
    );

    await tryToolsBeside({ dataDir, port, expect }, first.ready);

    await stopAndCheck({ product: first.product, dataDir, expect, signal: "SIGINT", name: "Ctrl-C" });
    tryTokenWithout({ dataDir, port, expect }, first.ready.administrator.email);

    const second = await start();
    say(dim(`ready after ${(second.ready.tookMs / 1000).toFixed(1)} s`));
    expect("a second start is ready in under 10 s", () => second.ready.tookMs < SECOND_START_MS);
    expect(
      "a second start finds its data and makes no other administrator",
      () => !second.ready.administrator.created,
    );

    const orphans = childrenOf(dataDir);
    second.product.send("SIGKILL");
    await second.product.ended;
    expect(
      "a killed launcher takes web, worker and sandbox along",
      await alive(orphans, STOP_MS).then((left) => () => orphans.length >= 2 && left.length === 0),
    );

    const third = await start();
    expect("after a kill the next start recovers", () => !third.ready.administrator.created);
    await stopAndCheck({ product: third.product, dataDir, expect, signal: "SIGTERM", name: "SIGTERM" });
    return add(browser, tally);
  } catch (error) {
    return { ...tally, failed: tally.failed + 1, why: explain(error) };
  } finally {
    await end(running);
    await removeProduct(dataDir);
  }
};

/**
 * @param {{ product: import("./product-run.mjs").Product, dataDir: string, expect: ReturnType<typeof expectations>["expect"], signal: NodeJS.Signals, name: string }} options
 */
const stopAndCheck = async ({ product, dataDir, expect, signal, name }) => {
  const children = childrenOf(dataDir);
  product.send(signal);
  const code = await product.ended;
  expect(`${name} stops everything and says so with exit code 0`, () => code === 0);
  const left = [...(await alive(children, 0)), ...leftOvers(dataDir)];
  expect(`${name} leaves no process behind`, () => children.length >= 2 && left.length === 0);
};

/**
 * @param {Bench} bench
 * @param {{ chromium: string, ready: import("./product-run.mjs").Ready, metricsToken: string }} options
 */
const runPlaywright = async (bench, { chromium, ready, metricsToken }) => {
  const report = join(bench.directory, "e2e.json");
  const code = await runCommand({
    ...bench,
    name: "e2e",
    command: process.execPath,
    args: [inProject("node_modules/@playwright/test/cli.js"), "test"],
    env: {
      CHROMIUM_PATH: chromium,
      E2E_BASE_URL: ready.url,
      E2E_SANDBOX_URL: ready.sandboxUrl,
      E2E_ADMIN_EMAIL: ready.administrator.email,
      E2E_ADMIN_PASSWORD: ready.administrator.oneTimePassword ?? "",
      E2E_METRICS_TOKEN: metricsToken,
      E2E_REPORT: report,
    },
  });
  return readPlaywright(report, code);
};

/** @param {Tally} one @param {Tally} other @returns {Tally} */
const add = (one, other) => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: (one.skipped ?? 0) + (other.skipped ?? 0),
});

/** @param {import("./product-run.mjs").Product | undefined} product */
const end = async (product) => {
  product?.send("SIGTERM");
  await product?.ended;
};

/** The database may stand outside of it, where root cannot let the user `postgres` in. @param {string} dataDir */
const removeProduct = async (dataDir) => {
  const { removePostgres } = await import("../postgres.mjs");
  await removePostgres(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
};
