import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";

import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const MIGRATIONS = readdirSync("prisma/migrations", { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);
const superuserUrl = process.env["TEST_DATABASE_OWNER_URL"] ?? "";
const login = `login_${randomUUID().slice(0, 8)}`;
// Not of the database that other files, which run beside this one, copy: nobody may be connected to that.
const admin = new Client({ connectionString: new URL("/postgres", superuserUrl).href });
let database = "";
let ownerUrl = "";

beforeAll(() => admin.connect());
afterAll(async () => {
  await admin.query(`DROP ROLE IF EXISTS ${login}`);
  await admin.end();
});

beforeEach(async () => {
  database = `migrate_${randomUUID().replaceAll("-", "")}`;
  await admin.query(`CREATE DATABASE ${database}`);
  ownerUrl = new URL(`/${database}`, superuserUrl).href;
  return async () => {
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
  };
});

/** Puts a database that is migrated already in the place of the empty one: what else `deploy` would have to do first. */
const takeMigrated = async (): Promise<void> => {
  await admin.query(`DROP DATABASE ${database}`);
  await admin.query(`CREATE DATABASE ${database} TEMPLATE ${new URL(superuserUrl).pathname.slice(1)}`);
};

/** The address of the application's role, which may not exist yet. */
const loginUrl = (): string => {
  const url = new URL(ownerUrl);
  url.username = login;
  url.password = "a pass/word";
  return url.href;
};

type Run = { code: number | null; stdout: string; stderr: string };
const deploy = (env: Record<string, string> = {}): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["prisma/migrate.mjs", "deploy"], {
      env: { ...process.env, SLUICE_ENV: "", DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: loginUrl(), ...env },
    });
    const run: Run = { code: null, stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (run.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (run.stderr += chunk.toString()));
    child.on("close", (code) => {
      resolve({ ...run, code });
    });
  });

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
};

describe("migrate deploy", () => {
  it("applies everything once, and nothing the second time", async () => {
    const first = await deploy();
    const second = await deploy();

    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain(`applied ${String(MIGRATIONS.length)}`);
    expect(second).toMatchObject({ code: 0, stdout: "Migrations: nothing to do.\n" });
  });

  it("lets two that start together wait for each other", async () => {
    const runs = await Promise.all([deploy(), deploy()]);

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(await query(ownerUrl, "SELECT count(*)::int AS n FROM _prisma_migrations")).toEqual([
      { n: MIGRATIONS.length },
    ]);
  });

  it("makes the application's login, which acts as the system only where it says so", async () => {
    await deploy();

    const [role] = await query(
      loginUrl(),
      `SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty,
              pg_has_role('sluice_app', 'USAGE') AS app, pg_has_role('sluice_system', 'USAGE') AS system,
              pg_has_role('sluice_system', 'SET') AS "maySystem", has_schema_privilege('bullmq', 'USAGE') AS queue
       FROM pg_roles WHERE rolname = current_user`,
    );
    expect(role).toEqual({ mighty: false, app: true, system: false, maySystem: true, queue: true });
  });

  it("refuses, in production, an application's role that no policy binds", async () => {
    const run = await deploy({ SLUICE_ENV: "production", DATABASE_URL: ownerUrl });

    expect(run.code).toBe(1);
    expect(run.stderr).toContain("is a superuser, so teams would not be kept apart by the database");
  });

  it("takes a migration that was cut short after its commit for applied", async () => {
    await takeMigrated();
    await query(
      ownerUrl,
      "UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0, logs = 'committed'",
    );

    expect(await deploy()).toMatchObject({ code: 0, stdout: "Migrations: nothing to do.\n" });
    const open = await query(
      ownerUrl,
      "SELECT FROM _prisma_migrations WHERE finished_at IS NULL OR logs IS NOT NULL",
    );
    expect(open).toEqual([]);
  });

  it("refuses a database that a newer version has migrated", async () => {
    await takeMigrated();
    await query(
      ownerUrl,
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29991231000000_later', now())",
    );

    const run = await deploy();
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("migrated by a newer version of Sluice (29991231000000_later)");
  });

  it("says who is not let in and repeats no password", async () => {
    const url = new URL(ownerUrl);
    url.password = "canary";

    const run = await deploy({ DATABASE_OWNER_URL: url.href });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`does not let "${url.username}" in`);
    expect(run.stderr).not.toContain("canary");
  });
});
