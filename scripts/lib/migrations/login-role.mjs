import { Fault } from "../fault.mjs";
import { scramVerifier } from "../postgres/scram.mjs";
import { warn } from "../terminal.mjs";

/** @typedef {import("pg").Client} Client */

/** Made by the first migration; login roles become members. */
const GROUPS = { app: "sluice_app", system: "sluice_system" };

/**
 * Makes the application's login where it is missing, with the password of its address.
 * @param {Client} client the owner's
 * @param {string} databaseUrl the application's
 * @returns {Promise<string>} the login's name
 */
export const ensureLogin = async (client, databaseUrl) => {
  const { username, password } = new URL(databaseUrl);
  const login = decodeURIComponent(username);
  const { rows } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [login]);
  if (rows.length > 0) return login;
  const quoted = client.escapeIdentifier(login);
  const verifier = client.escapeLiteral(scramVerifier(decodeURIComponent(password)));
  try {
    await client.query(
      `CREATE ROLE ${quoted} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD ${verifier}`,
    );
  } catch (error) {
    throw new Fault(
      `The role "${login}" of DATABASE_URL does not exist, and the owner may not make it (${reasonOf(error)}). Make it: CREATE ROLE ${quoted} LOGIN PASSWORD '…';`,
    );
  }
  return login;
};

/**
 * Refuses, in production, an application's role to which row-level security would mean nothing; elsewhere says so.
 * @param {Client} client
 * @param {string} login
 * @param {boolean} isProduction
 */
export const judgeLogin = async (client, login, isProduction) => {
  const { rows } = await client.query(
    `SELECT rolsuper AS "isSuperuser", rolbypassrls AS "bypasses",
            EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE nspname = 'public' AND relkind = 'r' AND pg_has_role($1, relowner, 'USAGE')) AS "owns"
     FROM pg_roles WHERE rolname = $1`,
    [login],
  );
  const role = rows[0] ?? {};
  const faults = [
    role.isSuperuser && "is a superuser",
    role.bypasses && !role.isSuperuser && "bypasses row-level security",
    role.owns && !role.isSuperuser && "owns the tables",
  ].filter(Boolean);
  if (faults.length === 0) return;
  const text = `The role "${login}" of DATABASE_URL ${faults.join(" and ")}, so teams would not be kept apart by the database. Give the application a role of its own in DATABASE_URL and keep the owner for DATABASE_OWNER_URL.`;
  if (isProduction) throw new Fault(text);
  warn(text);
};

/**
 * Lets the login act as the application always, and as the system only where it says so.
 * @param {Client} client
 * @param {string} login
 */
export const grantGroups = async (client, login) => {
  const quoted = client.escapeIdentifier(login);
  await client.query(`GRANT ${GROUPS.app} TO ${quoted}`);
  await client.query(`GRANT ${GROUPS.system} TO ${quoted} WITH INHERIT FALSE, SET TRUE`);
  // "Ready" asks whether the migrations are there.
  await client.query(`GRANT SELECT ON _prisma_migrations TO ${GROUPS.app}`);
};

/**
 * Brings the queue's tables up to date and opens them to the application.
 * @param {Client} client
 */
export const migrateQueue = async (client) => {
  const { DEFAULT_SCHEMA, runMigrations } = await import("bullmq");
  await client.query("SET client_min_messages TO warning");
  await runMigrations(client, DEFAULT_SCHEMA);
  // The first job of a queue makes its sequence, which the application may not: it owns nothing.
  for (const queue of QUEUES) await client.query(`SELECT ${DEFAULT_SCHEMA}.next_job_id($1)`, [queue]);
  for (const what of [`USAGE ON SCHEMA ${DEFAULT_SCHEMA}`, ...tableRights(DEFAULT_SCHEMA)])
    await client.query(`GRANT ${what} TO ${GROUPS.app}`);
};

/** As in lib/jobs/queues.ts; a test compares them. */
const QUEUES = ["ingest", "deliver", "plan", "urgent", "confirm"];

/** @param {string} schema */
const tableRights = (schema) => [
  `SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema}`,
  `USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema}`,
  `EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema}`,
];

/** @param {unknown} error */
const reasonOf = (error) => (error instanceof Error ? error.message : String(error));
