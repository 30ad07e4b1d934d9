import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client } from "pg";
import { afterAll, beforeAll } from "vitest";

import { closeDatabase } from "@/lib/db/client";
import { closeQueues } from "@/lib/jobs/enqueue";

export type TestDatabase = {
  /** For the application's login. */
  url: string;
  /** For the owner, whom no policy binds. */
  ownerUrl: string;
  close: () => Promise<void>;
};

/**
 * Copies the migrated template into a database of its own, so that a test never meets another test's rows, nor those of a file
 * that runs beside it. The template is named by TEST_DATABASE_OWNER_URL (a superuser) and TEST_DATABASE_URL (the application's
 * login); nobody may stay connected to it.
 */
const openTestDatabase = async (): Promise<TestDatabase> => {
  const ownerTemplate = readUrl("TEST_DATABASE_OWNER_URL");
  const template = readUrl("TEST_DATABASE_URL");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const admin = new Client({ connectionString: new URL("/postgres", ownerTemplate).href });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${ownerTemplate.pathname.slice(1)}`);
  return {
    url: new URL(`/${name}`, template).href,
    ownerUrl: new URL(`/${name}`, ownerTemplate).href,
    close: async () => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
};

/** Points this process, and the workers it starts, to a database of Redis that no file beside it uses, where the queue lives there. */
const takeOwnQueueStore = (): void => {
  const url = process.env["REDIS_URL"];
  if (url) process.env["REDIS_URL"] = new URL(`/${process.env["VITEST_POOL_ID"] ?? "0"}`, url).href;
};

/**
 * Gives a test file its own database: call once at the top of the file. `DATABASE_URL` names it before the first query, and
 * everything that holds a connection is closed afterwards.
 */
export const useTestDatabase = () => {
  let opened: TestDatabase | undefined;
  let dataDir: string | undefined;
  const current = (): TestDatabase => {
    if (!opened) throw new Error("The test database is open only while tests of this file run.");
    return opened;
  };

  beforeAll(async () => {
    opened = await openTestDatabase();
    dataDir = mkdtempSync(join(tmpdir(), "sluice-test-"));
    process.env["DATABASE_URL"] = opened.url;
    process.env["DATABASE_OWNER_URL"] = opened.ownerUrl;
    process.env["DATA_DIR"] = dataDir;
    takeOwnQueueStore();
  });

  afterAll(async () => {
    await closeQueues();
    await closeDatabase();
    await opened?.close();
    opened = undefined;
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
  });

  return {
    url: () => current().url,
    ownerUrl: () => current().ownerUrl,
    /** Runs on one connection of the owner, whom no policy binds. */
    asOwner: <T>(run: (client: Client) => Promise<T>) => connected(current().ownerUrl, run),
    /** Runs on one connection of the application's login, outside any scope. */
    asLogin: <T>(run: (client: Client) => Promise<T>) => connected(current().url, run),
  };
};

const connected = async <T>(connectionString: string, run: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
};

const LOCAL_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

const readUrl = (name: string): URL => {
  const text = process.env[name];
  if (!text) throw new Error(`${name} is not set. npm test sets it.`);
  const url = new URL(text);
  if (!LOCAL_HOSTS.has(url.hostname))
    throw new Error(`Tests only run against a local database, not ${url.hostname}.`);
  return url;
};
