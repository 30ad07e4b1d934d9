// `npm start`: from a fresh clone, or from where it was left, to a running product. Nothing here may import a package before
// `ensurePackages`. `--demo` loads the lab's story, `--dev` serves the sources as they change.
import process from "node:process";

import { explain } from "./lib/fault.mjs";
import { checkNode, ensurePackages } from "./lib/install.mjs";
import { takeLock } from "./lib/lock.mjs";
import { launchProduct } from "./lib/product.mjs";
import { withResolvers } from "./lib/promises.mjs";
import { watchRunner } from "./lib/runner-watch.mjs";
import { loadDotEnv, readSettings } from "./lib/settings.mjs";
import { createSupervisor } from "./lib/supervisor.mjs";
import { bold, dim, done, fail, say, since, yellow } from "./lib/terminal.mjs";

const FLAGS = ["--demo", "--dev"];
const flags = process.argv.slice(2);
const isDev = flags.includes("--dev");
const isDemo = flags.includes("--demo");

/** @returns {Promise<number>} the exit code */
const main = async () => {
  const startedAt = performance.now();
  checkNode();
  loadDotEnv();
  say(`\n${bold("Sluice")}`);
  done("Packages", ensurePackages());
  const settings = readSettings();
  const lock = await takeLock(
    settings.dataDir,
    isDev ? "npm run dev" : isDemo ? "npm run demo" : "npm start",
  );

  const { promise: outcome, resolve: decide } = withResolvers();
  const stopping = new AbortController();
  const onFailure = (/** @type {unknown} */ error) => {
    if (stopping.signal.aborted) return;
    fail(explain(error));
    decide(1);
    stopping.abort();
  };
  const supervisor = createSupervisor({
    dataDir: settings.dataDir,
    lock,
    signal: stopping.signal,
    onFailure,
  });
  const onSignal = () => {
    if (stopping.signal.aborted) return supervisor.hurry();
    say(`\n  ${dim("Stopping …")}`);
    decide(0);
    stopping.abort();
  };
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(name, onSignal);
  watchRunner(onSignal);

  try {
    const { env, ...found } = await launchProduct({
      settings,
      supervisor,
      signal: stopping.signal,
      isDev,
      isDemo,
    });
    lock.announce(settings.appUrl);
    welcome({ settings, ...found, took: since(startedAt) });
    process.send?.({ type: "ready", url: settings.appUrl, ...found });
  } catch (error) {
    onFailure(error);
  }
  const exitCode = await outcome;
  await supervisor.stop();
  lock.release();
  if (exitCode === 0) say(`  ${dim("Stopped. All data is kept; npm start brings it back.")}`);
  return exitCode;
};

/**
 * @param {Omit<Awaited<ReturnType<typeof launchProduct>>, "env"> & { settings: import("./lib/settings.mjs").Settings, took: string }} found
 */
const welcome = ({ settings, sandboxUrl, administrator, story, took }) => {
  const line = (/** @type {string} */ name, /** @type {string} */ text, remark = "") =>
    say(`  ${name.padEnd(18)} ${bold(text)} ${dim(remark)}`.trimEnd());
  say(`\n  ${bold("Sluice is ready")} ${dim(`after ${took}`)}\n`);
  line("Address", settings.appUrl);
  if (sandboxUrl) line("Sandbox", sandboxUrl, "stands in for Microsoft");
  line("Administrator", administrator.email);
  if (administrator.oneTimePassword) {
    line(
      "One-time password",
      yellow(administrator.oneTimePassword),
      "shown only now; you choose your own when you sign in",
    );
  }
  line("Data and logs", settings.dataDir);
  if (story) say(`\n${story.replaceAll(/^/gm, "  ")}`);
  say(`\n  ${dim("Ctrl-C stops everything.")}\n`);
};

if (flags.some((flag) => !FLAGS.includes(flag))) {
  fail(`Usage: node scripts/start.mjs [${FLAGS.join("] [")}]`);
  process.exit(2);
}
try {
  process.exit(await main());
} catch (error) {
  fail(explain(error));
  process.exit(1);
}
