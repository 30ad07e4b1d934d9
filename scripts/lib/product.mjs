import { join } from "node:path";
import process from "node:process";

import { ensureBuilt } from "./build.mjs";
import { run } from "./child.mjs";
import { Fault } from "./fault.mjs";
import { ensureGenerated } from "./generate.mjs";
import { openLog } from "./log-file.mjs";
import { migrate } from "./migrate.mjs";
import { LIFELINE } from "./paths.mjs";
import { tryPort } from "./ports.mjs";
import { startSandbox } from "./sandbox.mjs";
import { serverEnv } from "./settings.mjs";
import { done } from "./terminal.mjs";
import { startWeb } from "./web.mjs";

/** TypeScript as it stands, with the modules that only a server may see. */
export const TYPESCRIPT = ["--conditions=react-server", "--import=tsx"];

/**
 * @typedef {object} Launch
 * @property {import("./settings.mjs").Settings} settings
 * @property {import("./supervisor.mjs").Supervisor} supervisor
 * @property {AbortSignal} signal
 * @property {boolean} isDev
 * @property {boolean} isDemo
 */
/** @typedef {{ email: string, oneTimePassword: string | null, created: boolean }} Administrator */

/**
 * Brings up everything in order: database, migrations, build, sandbox, worker, web, the first administrator.
 * @param {Launch} launch
 * @returns {Promise<{ sandboxUrl: string | null, administrator: Administrator, story: string }>}
 */
export const launchProduct = async ({ settings, supervisor, signal, isDev, isDemo }) => {
  const { dataDir, isProduction } = settings;
  const host = webHost(settings.appUrl);
  if ((await tryPort(settings.port, host)) === undefined)
    throw new Fault(
      `Port ${settings.port} is taken by another program. Stop that one, or set PORT to another.`,
    );

  const log = openLog(join(dataDir, "logs", "prepare.log"));
  const common = { log, signal };
  done("Prisma client", await ensureGenerated(common));
  const [databases] = await allOrNothing([
    openDatabase({ settings, supervisor, signal, log }),
    isDev ? undefined : ensureBuilt(common).then((what) => done("Web build", what)),
  ]);

  const sandboxUrl =
    settings.sandboxUrl ?? (isProduction ? null : await startSandbox({ settings, supervisor }));
  const env = {
    ...serverEnv(settings, { databaseUrl: databases.appUrl, sandboxUrl }),
    NODE_ENV: isDev ? "development" : "production",
  };
  const [administrator] = await allOrNothing([
    makeAdministrator({ env, ...common }),
    startWorker({ env, supervisor, isDev }),
    startWeb({ env, supervisor, signal, host, port: settings.port, isDev }),
  ]);
  done("Started", ["web", "worker", ...(sandboxUrl && !settings.sandboxUrl ? ["sandbox"] : [])].join(", "));
  const story = isDemo ? await tellStory({ env, ...common }) : "";
  return { sandboxUrl, administrator, story };
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

/** @param {{ env: NodeJS.ProcessEnv, supervisor: import("./supervisor.mjs").Supervisor, isDev: boolean }} options */
const startWorker = ({ env, supervisor, isDev }) =>
  supervisor.start({
    name: "worker",
    command: process.execPath,
    args: [...(isDev ? ["--watch"] : []), ...TYPESCRIPT, LIFELINE, "workers/main.ts"],
    env,
    // Long enough for a batch that is under way; what is cut short is taken up again by its lease.
    graceMs: 20_000,
    isReady: (line) => line.includes('"msg":"Worker ready"'),
  });

/**
 * @param {{ env: NodeJS.ProcessEnv, log: import("./log-file.mjs").Log, signal: AbortSignal }} options
 * @returns {Promise<Administrator>}
 */
const makeAdministrator = async ({ env, log, signal }) => {
  const { code, stdout } = await runSecret({
    name: "first start",
    args: ["scripts/bootstrap.ts", "--json"],
    env: { ...env, ADMIN_PASSWORD: process.env["ADMIN_PASSWORD"] ?? "" },
    log,
    signal,
  });
  if (code !== 0) throw new Fault(`The administrator could not be made:\n${log.tail(12).join("\n")}`);
  return JSON.parse(stdout);
};

/**
 * Loads the lab's story.
 * @param {{ env: NodeJS.ProcessEnv, log: import("./log-file.mjs").Log, signal: AbortSignal }} options
 * @returns {Promise<string>} what the story wants to say to people
 */
const tellStory = async ({ env, log, signal }) => {
  const { code, stdout } = await runSecret({ name: "demo", args: ["prisma/seed/demo.ts"], env, log, signal });
  if (code !== 0) throw new Fault(`The demo's story could not be loaded:\n${log.tail(12).join("\n")}`);
  return stdout;
};

/**
 * Runs a script whose standard output may hold a secret: it is returned and stands in no log.
 * @param {{ name: string, args: string[], env: NodeJS.ProcessEnv, log: import("./log-file.mjs").Log, signal: AbortSignal }} options
 */
const runSecret = ({ args, ...options }) =>
  run({ ...options, command: process.execPath, args: [...TYPESCRIPT, LIFELINE, ...args], isSecret: true });

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
 * As `Promise.all`, but waits for the others before it fails, so that nothing goes on unseen.
 * @template {readonly unknown[]} T
 * @param {T} tasks
 */
const allOrNothing = async (tasks) => {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
};
