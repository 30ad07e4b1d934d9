import { join } from "node:path";
import process from "node:process";

import { ensureAdministrator } from "./administrator.mjs";
import { ensureBuilt } from "./build.mjs";
import { Fault } from "./fault.mjs";
import { ensureGenerated } from "./generate.mjs";
import { openLog } from "./log-file.mjs";
import { migrate } from "./migrate.mjs";
import { tryPort } from "./ports.mjs";
import { startSandbox } from "./sandbox.mjs";
import { serverEnv } from "./settings.mjs";
import { tellStory } from "./story.mjs";
import { done } from "./terminal.mjs";
import { TYPESCRIPT } from "./typescript.mjs";
import { startWeb } from "./web.mjs";
import { WORKER_ENV } from "./worker-env.mjs";

/**
 * @typedef {object} Launch
 * @property {import("./settings.mjs").Settings} settings
 * @property {import("./supervisor.mjs").Supervisor} supervisor
 * @property {AbortSignal} signal
 * @property {boolean} isDev
 * @property {boolean} isDemo
 * @property {boolean} [hasWorker] false for measurements, which do a worker's work themselves
 */
/**
 * Brings up everything: database, migrations, build and sandbox beside each other, then worker, web and the first
 * administrator.
 * @param {Launch} launch
 * @returns {Promise<{ sandboxUrl: string | null, administrator: import("./administrator.mjs").Administrator, story: string, env: NodeJS.ProcessEnv }>} `env` is that of web and worker
 */
export const launchProduct = async ({ settings, supervisor, signal, isDev, isDemo, hasWorker = true }) => {
  const { dataDir, isProduction } = settings;
  const host = webHost(settings.appUrl);
  if ((await tryPort(settings.port, host)) === undefined)
    throw new Fault(
      `Port ${settings.port} is taken by another program. Stop that one, or set PORT to another.`,
    );

  const log = openLog(join(dataDir, "logs", "prepare.log"));
  const common = { log, signal };
  done("Prisma client", await ensureGenerated(common));
  const [{ appUrl: databaseUrl }, sandboxUrl] = await together(supervisor, [
    openDatabase({ settings, supervisor, signal, log }),
    openSandbox({ settings, supervisor }),
    isDev ? "" : ensureBuilt(common).then((what) => done("Web build", what)),
  ]);

  const mode = isDev ? "development" : "production";
  const env = { ...serverEnv(settings, { databaseUrl, sandboxUrl }), NODE_ENV: mode };
  const [administrator] = await together(supervisor, [
    ensureAdministrator({ databaseUrl, env, ...common }),
    hasWorker ? startWorker({ env, supervisor, isDev }) : "",
    startWeb({ env, supervisor, signal, host, port: settings.port, isDev }),
  ]);
  const started = { web: true, worker: hasWorker, sandbox: sandboxUrl !== settings.sandboxUrl };
  done(
    "Started",
    Object.entries(started)
      .flatMap(([name, is]) => (is ? [name] : []))
      .join(", "),
  );
  const story = isDemo ? await tellStory({ env, ...common }) : "";
  return { sandboxUrl, administrator, story, env };
};

/**
 * The embedded database, or the one that the settings name; migrated.
 * @param {Pick<Launch, "settings" | "supervisor" | "signal"> & { log: import("./log-file.mjs").Log }} options
 * @returns {Promise<{ appUrl: string }>}
 */
const openDatabase = async ({ settings, supervisor, signal, log }) => {
  let owner = process.env["DATABASE_OWNER_URL"] ?? "";
  let appUrl = process.env["DATABASE_URL"] ?? "";
  if (settings.isEmbedded) {
    const { startPostgres } = await import("./postgres.mjs");
    const postgres = await startPostgres({ dataDir: settings.dataDir, signal });
    supervisor.adopt(postgres.child, postgres.stop);
    done(
      "PostgreSQL",
      `${Number.parseFloat(postgres.version)}, port ${postgres.port}${postgres.isNew ? ", new" : ""}`,
    );
    owner = postgres.ownerUrl;
    appUrl = postgres.appUrl;
  }
  done("Migrations", await migrate({ ownerUrl: owner, appUrl, log, signal }));
  return { appUrl };
};

/**
 * The sandbox that the settings name, or one of our own; none in production.
 * @param {Pick<Launch, "settings" | "supervisor">} options
 * @returns {Promise<string | null>}
 */
const openSandbox = async ({ settings, supervisor }) => {
  if (settings.isProduction || settings.sandboxUrl) return settings.sandboxUrl;
  return startSandbox({ settings, supervisor });
};

/** @param {{ env: NodeJS.ProcessEnv, supervisor: import("./supervisor.mjs").Supervisor, isDev: boolean }} options */
const startWorker = ({ env, supervisor, isDev }) =>
  supervisor.start({
    name: "worker",
    command: process.execPath,
    args: [...(isDev ? ["--watch"] : []), ...TYPESCRIPT, "workers/main.ts"],
    env: { ...WORKER_ENV, ...env },
    // Long enough for a batch that is under way; what is cut short is taken up again by its lease.
    graceMs: 20_000,
    isReady: (line) => line.includes('"msg":"Worker ready"'),
  });

/**
 * Who may reach the web application: only this machine, until APP_URL says that it is known to others by a name.
 * @param {string} appUrl
 */
const webHost = (appUrl) => {
  const { hostname } = new URL(appUrl);
  return hostname === "localhost" || hostname.startsWith("127.") || hostname === "[::1]"
    ? "127.0.0.1"
    : "0.0.0.0";
};

/**
 * As `Promise.all`, but a failure is told, and ends the others, at once; and none goes on unseen.
 * @template {readonly unknown[]} T
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {readonly [...T]} tasks
 */
const together = async (supervisor, tasks) => {
  await Promise.allSettled(tasks.map((task) => Promise.resolve(task).catch(supervisor.fail)));
  return Promise.all(tasks);
};
