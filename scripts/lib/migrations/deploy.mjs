import { codeOf, Fault } from "../fault.mjs";
import { say } from "../terminal.mjs";
import { migrationList, readMigrations } from "./files.mjs";
import { ensureLogin, grantGroups, judgeLogin, migrateQueue } from "./login-role.mjs";

/** @typedef {import("pg").Client} Client */

// Spells "SLUI". Prisma's own lock has another number: the engine takes it by itself.
const LOCK_KEY = 0x53_4c_55_49;
const LEAST_VERSION = 180_000;
const LEDGER = "_prisma_migrations";

/**
 * Applies what is missing, makes and checks the application's login, and migrates the queue's tables. Two at once wait
 * for each other.
 * @param {{ ownerUrl: string, databaseUrl: string | undefined, isProduction: boolean }} options
 * @returns {Promise<string>} what was done, for people
 */
export const deploy = async ({ ownerUrl, databaseUrl, isProduction }) => {
  const client = await connect(ownerUrl);
  try {
    await refuseOldServer(client);
    await lock(client);
    const login = databaseUrl === undefined ? undefined : await ensureLogin(client, databaseUrl);
    const applied = await applyMissing(client, ownerUrl);
    await migrateQueue(client);
    if (login !== undefined) {
      await judgeLogin(client, login, isProduction);
      await grantGroups(client, login);
    }
    return applied.length > 0 ? `applied ${applied.length}: ${applied.join(", ")}` : "nothing to do";
  } finally {
    await client.end();
  }
};

/** @param {string} url @returns {Promise<Client>} */
const connect = async (url) => {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, application_name: "sluice migrate" });
  try {
    await client.connect();
  } catch (error) {
    const { username, host, pathname } = new URL(url);
    const reason =
      error instanceof AggregateError ? codeOf(error) : error instanceof Error ? error.message : error;
    throw new Fault(`The database ${pathname.slice(1)} at ${host} does not let "${username}" in: ${reason}.`);
  }
  return client;
};

/** @param {Client} client */
const refuseOldServer = async (client) => {
  const { rows } = await client.query(
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version",
  );
  if (rows[0].number < LEAST_VERSION)
    throw new Fault(`PostgreSQL ${rows[0].version} is too old: Sluice needs 18 or later.`);
};

/** Held by the connection, so a killed migration lets go of it. @param {Client} client */
const lock = async (client) => {
  const { rows } = await client.query("SELECT pg_try_advisory_lock($1) AS taken", [LOCK_KEY]);
  if (rows[0].taken) return;
  say("Waiting for another migration of this database to end.");
  await client.query("SELECT pg_advisory_lock($1)", [LOCK_KEY]);
};

/**
 * @param {Client} client
 * @param {string} ownerUrl
 * @returns {Promise<string[]>} the names applied now
 */
const applyMissing = async (client, ownerUrl) => {
  const migrations = readMigrations();
  const ledger = await readLedger(client);
  for (const { name, checksum } of ledger) {
    const file = migrations.find((migration) => migration.name === name);
    if (!file)
      throw new Fault(
        `The database was migrated by a newer version of Sluice (${name}). Run that version, or restore a backup from before.`,
      );
    if (file.checksum !== checksum)
      throw new Fault(
        `The migration ${name} was edited after it had been applied. Put it back as it was and write a new one.`,
      );
  }
  if (ledger.length === migrations.length) return [];

  const { FILTERS, withEngine } = await import("./engine.mjs");
  const input = { migrationsList: migrationList(), filters: FILTERS };
  try {
    const { appliedMigrationNames } = await withEngine(ownerUrl, (engine) => engine.applyMigrations(input));
    return appliedMigrationNames;
  } catch (error) {
    const failed = await client.query(
      `SELECT migration_name FROM ${LEDGER} WHERE finished_at IS NULL AND rolled_back_at IS NULL`,
    );
    const name = failed.rows[0]?.migration_name ?? "A migration";
    throw new Fault(
      `${name} failed and was rolled back whole: ${error instanceof Error ? error.message : error}`,
    );
  }
};

/**
 * The migrations that the database has. Where a migration was cut short, its row tells whether it was committed: each runs
 * as one transaction, so one that was not left nothing and is applied again.
 * @param {Client} client
 * @returns {Promise<{ name: string, checksum: string }[]>}
 */
const readLedger = async (client) => {
  const { rows } = await client.query("SELECT to_regclass($1) IS NOT NULL AS exists", [`public.${LEDGER}`]);
  if (!rows[0].exists) return [];
  const { SCRIPT_SESSION } = await import("./engine.mjs");
  await client.query(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database() AND usename = current_user",
    [SCRIPT_SESSION],
  );
  await client.query(
    `UPDATE ${LEDGER} SET finished_at = now(), applied_steps_count = 1 WHERE finished_at IS NULL AND rolled_back_at IS NULL AND logs = 'committed'`,
  );
  await client.query(
    `UPDATE ${LEDGER} SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL`,
  );
  await client.query(`UPDATE ${LEDGER} SET logs = NULL WHERE logs = 'committed'`);
  const found = await client.query(
    `SELECT migration_name AS name, checksum FROM ${LEDGER} WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return found.rows;
};
