import { join, resolve } from "node:path";
import process from "node:process";

import { explain } from "../fault.mjs";
import { readIfThere } from "../files.mjs";
import { readMigrations } from "../migrations/files.mjs";
import { findPostgres } from "../postgres.mjs";
import { findPackage } from "../postgres/binaries.mjs";
import { readHome } from "../postgres/home.mjs";
import { good, note, wrong } from "./finding.mjs";

/** @typedef {import("./finding.mjs").Finding} Finding */
/** @typedef {import("../settings.mjs").Settings} Settings */

const LEAST_VERSION = 18;

/** @param {Settings} settings @returns {Promise<Finding[]>} */
export const lookAtDatabase = async ({ dataDir, isEmbedded }) => {
  if (!isEmbedded) return ask(process.env["DATABASE_URL"] ?? "");
  try {
    const running = findPostgres(dataDir);
    if (running) return await ask(running.appUrl);
    return [lookAtCluster(dataDir)];
  } catch (error) {
    return [wrong("Database", explain(error), "See docs/operations.md, “Troubleshooting”.")];
  }
};

/** The embedded one while it does not run. @param {string} dataDir @returns {Finding} */
const lookAtCluster = (dataDir) => {
  const { version } = findPackage();
  const home = readHome(dataDir);
  if (!home?.isMade) return good("Database", `embedded PostgreSQL ${version}, made at the first start`);
  const directory = resolve(dataDir, home.directory);
  const found = readIfThere(join(directory, "data", "PG_VERSION"))?.trim();
  if (found === undefined) return wrong("Database", `${directory} is gone`, "Put it back from a backup.");
  if (Number(found) !== Number.parseInt(version, 10))
    return wrong(
      "Database",
      `${directory} is of PostgreSQL ${found}, the packages bring ${version}`,
      "See docs/operations.md, “Upgrade”.",
    );
  return good("Database", `embedded PostgreSQL ${found} in ${directory}, not running`);
};

/** @param {string} url of the application @returns {Promise<Finding[]>} */
const ask = async (url) => {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch (error) {
    const reason = error instanceof Error ? error.message || String(error) : String(error);
    return [
      wrong(
        "Database",
        `does not let the application in: ${reason}`,
        "Check DATABASE_URL, and that the server runs and can be reached.",
      ),
    ];
  }
  try {
    return [
      await version(client),
      await migrations(client),
      await role(client),
      await policies(client),
      await queueTables(client),
    ];
  } finally {
    await client.end();
  }
};

/** @typedef {import("pg").Client} Client */

/** @param {Client} client @returns {Promise<Finding>} */
const version = async (client) => {
  const { rows } = await client.query("SELECT current_setting('server_version') AS version");
  const found = rows[0].version;
  return Number.parseInt(found, 10) < LEAST_VERSION
    ? wrong("Database", `PostgreSQL ${found}`, `Use PostgreSQL ${LEAST_VERSION} or later.`)
    : good("Database", `PostgreSQL ${found}, reachable`);
};

/** @param {Client} client @returns {Promise<Finding>} */
const migrations = async (client) => {
  const wanted = readMigrations().map(({ name }) => name);
  const exists = await client.query("SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS yes");
  const applied = exists.rows[0].yes
    ? (
        await client.query(
          "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
        )
      ).rows.map(({ name }) => name)
    : [];
  const missing = wanted.filter((name) => !applied.includes(name));
  const unknown = applied.filter((name) => !wanted.includes(name));
  if (unknown.length > 0)
    return wrong("Migrations", `of a newer version: ${unknown.join(", ")}`, "Run that version.");
  return missing.length > 0
    ? wrong(
        "Migrations",
        `not applied: ${missing.join(", ")}`,
        "Run npm run migrate as the owner, or npm start.",
      )
    : good("Migrations", `${applied.length} applied`);
};

/** @param {Client} client @returns {Promise<Finding>} */
const role = async (client) => {
  const { rows } = await client.query(
    `SELECT rolname AS name, rolsuper AS super, rolbypassrls AS bypass,
            EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relowner = pg_roles.oid) AS owns,
            EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'sluice_app' AND pg_has_role(pg_roles.oid, g.oid, 'USAGE')) AS app,
            EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'sluice_system' AND pg_has_role(pg_roles.oid, g.oid, 'SET')) AS system
     FROM pg_roles WHERE rolname = current_user`,
  );
  const found = rows[0];
  const faults = [
    found.super && "is a superuser",
    !found.super && found.bypass && "bypasses row-level security",
    found.owns && "owns tables",
    !found.app && "is no member of sluice_app",
    !found.system && "may not act as sluice_system",
  ].filter(Boolean);
  return faults.length > 0
    ? wrong(
        "Role",
        `"${found.name}" ${faults.join(", ")}`,
        "Give the application a role of its own and run npm run migrate (docs/operations.md, “Roles”).",
      )
    : good("Role", `"${found.name}" owns nothing and bypasses nothing`);
};

/** @param {Client} client @returns {Promise<Finding>} */
const policies = async (client) => {
  const { rows } = await client.query(
    `SELECT relname AS name FROM pg_class c
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
       AND (relrowsecurity OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND attname = 'team_id' AND NOT attisdropped))
     ORDER BY relname`,
  );
  const open = rows.map(({ name }) => name);
  return open.length > 0
    ? wrong(
        "Row security",
        `not forced on ${open.join(", ")}`,
        "Run npm run migrate; if it stays, the tables were altered by hand.",
      )
    : good("Row security", "forced on every table of a team");
};

/** @param {Client} client @returns {Promise<Finding>} */
const queueTables = async (client) => {
  const { rows } = await client.query(
    "SELECT to_regclass('bullmq.migration') IS NOT NULL AS yes, has_schema_privilege('bullmq', 'USAGE') AS may WHERE to_regnamespace('bullmq') IS NOT NULL",
  );
  if (rows[0]?.yes && rows[0].may) return good("Queue tables", "there");
  return (process.env["REDIS_URL"]?.trim() ? note : wrong)(
    "Queue tables",
    "missing in PostgreSQL",
    "Run npm run migrate.",
  );
};
