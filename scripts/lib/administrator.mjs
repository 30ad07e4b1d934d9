import process from "node:process";

import { Fault } from "./fault.mjs";
import { runScript } from "./typescript.mjs";

/** @typedef {{ email: string, oneTimePassword: string | null, created: boolean }} Administrator */

/**
 * Makes the first administrator where there is none.
 * @param {{ databaseUrl: string, env: NodeJS.ProcessEnv, log: import("./log-file.mjs").Log, signal: AbortSignal }} options
 * @returns {Promise<Administrator>}
 */
export const ensureAdministrator = async ({ databaseUrl, env, log, signal }) => {
  const email = await findAdministrator(databaseUrl);
  if (email !== undefined) return { email, oneTimePassword: null, created: false };
  const { code, stdout } = await runScript({
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
 * Only looks, so that every later start is spared the program that would find the same.
 * @param {string} databaseUrl
 * @returns {Promise<string | undefined>}
 */
const findAdministrator = async (databaseUrl) => {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SET ROLE sluice_system");
    const { rows } = await client.query(
      "SELECT email FROM app_user WHERE is_administrator AND disabled_at IS NULL ORDER BY created_at LIMIT 1",
    );
    return rows[0]?.email;
  } finally {
    await client.end();
  }
};
