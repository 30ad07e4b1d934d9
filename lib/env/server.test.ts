import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { EnvironmentError, readEnv } from "./server";

const key = Buffer.alloc(32, 7).toString("base64");
const other = Buffer.alloc(32, 9).toString("base64");
let dataDir = "";
let enough: Record<string, string>;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sluice-env-"));
  enough = { DATABASE_URL: "postgresql://app:pw@db:5432/sluice", DATA_DIR: dataDir };
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

const problemsOf = (source: Record<string, string>): readonly string[] => {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
};

describe("readEnv", () => {
  it("needs nothing but a database and fills in the rest", () => {
    expect(readEnv(enough)).toMatchObject({
      SLUICE_ENV: "local",
      PORT: 3000,
      APP_URL: "http://localhost:3000",
      WORKER_CONCURRENCY: 4,
      LOG_LEVEL: "info",
      FEED_ALLOWED_CIDRS: [],
      TRUSTED_PROXIES: [],
      ADMIN_EMAIL: "admin@sluice.local",
    });
  });

  it("takes a blank variable for an unset one", () => {
    const blank = { PORT: "", REDIS_URL: "  ", SLUICE_ENV: "", ADMIN_PASSWORD: "", ENTRA_CLIENT_ID: "" };
    expect(readEnv({ ...enough, ...blank })).toMatchObject({ PORT: 3000, SLUICE_ENV: "local" });
  });

  it("puts the port into the address when only the port is given", () => {
    expect(readEnv({ ...enough, PORT: "4100" }).APP_URL).toBe("http://localhost:4100");
  });

  it("drops trailing slashes from addresses", () => {
    const addresses = { APP_URL: "https://sluice.example.com/", SANDBOX_URL: "http://127.0.0.1:3001/" };
    expect(readEnv({ ...enough, ...addresses })).toMatchObject({
      APP_URL: "https://sluice.example.com",
      SANDBOX_URL: "http://127.0.0.1:3001",
    });
  });

  it.each([
    [
      { DATABASE_URL: "" },
      "DATABASE_URL is not set: run `npm start`, which brings its own PostgreSQL, or give postgresql://user:password@host/database.",
    ],
    [
      { DATABASE_URL: "mysql://a:hidden@b/c" },
      "DATABASE_URL is wrong: give an address such as postgresql://user:password@host:5432/database.",
    ],
    [
      { DATABASE_OWNER_URL: "postgresql://db/sluice" },
      "DATABASE_OWNER_URL is wrong: must name a user and a database.",
    ],
    [
      { REDIS_URL: "http://cache" },
      "REDIS_URL is wrong: give an address such as redis://host:6379 or rediss://host:6379.",
    ],
    [{ PORT: "70000" }, 'PORT is "70000": give a whole number from 1 to 65535.'],
    [{ PORT: "80a" }, 'PORT is "80a": give a whole number from 1 to 65535.'],
    [{ SLUICE_ENV: "prod" }, 'SLUICE_ENV is "prod": give production or local.'],
    [
      { APP_URL: "sluice.example.com" },
      'APP_URL is "sluice.example.com": give the address people open, such as https://sluice.example.com.',
    ],
    [
      { APP_URL: "https://a.example/sub" },
      'APP_URL is "https://a.example/sub": give scheme, host and port only, without a path.',
    ],
    [
      { AUTH_SECRET: "short" },
      "AUTH_SECRET is wrong: must be at least 32 characters (make one with: openssl rand -base64 32).",
    ],
    [{ ENCRYPTION_KEYS: `a:${key},a:${other}` }, 'ENCRYPTION_KEYS is wrong: the id "a" stands twice.'],
    [{ ENCRYPTION_KEYS: key }, "ENCRYPTION_KEYS is wrong: entry 1 is not of the form id:base64."],
    [
      { ENCRYPTION_KEYS: `a:${key},b.1:${key}` },
      'ENCRYPTION_KEYS is wrong: the id of entry 2 must be 1 to 32 letters, digits, "-" or "_".',
    ],
    [
      { ENCRYPTION_KEYS: "a:c2hvcnQ=" },
      'ENCRYPTION_KEYS is wrong: the key "a" must be 32 bytes in base64 (make one with: openssl rand -base64 32).',
    ],
    [{ ADMIN_EMAIL: "nobody" }, 'ADMIN_EMAIL is "nobody": give an e-mail address.'],
    [{ ADMIN_PASSWORD: "hunter2" }, "ADMIN_PASSWORD is wrong: must be at least 12 characters."],
    [
      { FEED_ALLOWED_CIDRS: "10.0.0.0/8,10.1" },
      'FEED_ALLOWED_CIDRS is "10.0.0.0/8,10.1": "10.1" is not a network such as 10.20.0.0/16 or fd00::/8.',
    ],
    [{ WORKER_CONCURRENCY: "0" }, 'WORKER_CONCURRENCY is "0": give a whole number from 1 to 64.'],
    [
      { LOG_LEVEL: "loud" },
      'LOG_LEVEL is "loud": give one of fatal, error, warn, info, debug, trace, silent.',
    ],
    [{ METRICS_TOKEN: "abc" }, "METRICS_TOKEN is wrong: must be at least 16 characters."],
    [
      {
        ENTRA_TENANT_ID: "Common",
        ENTRA_CLIENT_ID: "b2a1c9de-0f34-4b1e-8a57-9d6b2f0c4e11",
        ENTRA_CLIENT_SECRET: "hidden",
      },
      `ENTRA_TENANT_ID is "Common": give one tenant's id or domain name: this one stands for everybody's.`,
    ],
    [
      { ENTRA_CLIENT_SECRET: "hidden" },
      "ENTRA_TENANT_ID and ENTRA_CLIENT_ID are not set: sign-in with Entra ID needs ENTRA_TENANT_ID, ENTRA_CLIENT_ID, ENTRA_CLIENT_SECRET, or none of them.",
    ],
  ])("says in one line what is wrong with %j", (change, line) => {
    expect(problemsOf({ ...enough, ...change })).toEqual([line]);
  });

  it("names every wrong variable at once and repeats no secret", () => {
    const problems = problemsOf({ ...enough, PORT: "x", AUTH_SECRET: "canary-1", REDIS_URL: "canary-2" });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain("canary");
  });

  it("refuses production without its own secrets", () => {
    expect(problemsOf({ ...enough, SLUICE_ENV: "production" })).toEqual([
      "AUTH_SECRET is not set, and production makes none by itself: make one with: openssl rand -base64 32.",
      'ENCRYPTION_KEYS is not set, and production makes none by itself: make one with: echo "k1:$(openssl rand -base64 32)".',
    ]);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it("takes production from SLUICE_ENV, never from NODE_ENV", () => {
    expect(problemsOf({ ...enough, NODE_ENV: "production" })).toEqual([]);
  });

  it("knows no sandbox in production", () => {
    const production = { SLUICE_ENV: "production", AUTH_SECRET: "s".repeat(32), ENCRYPTION_KEYS: `a:${key}` };
    expect(
      readEnv({ ...enough, ...production, SANDBOX_URL: "http://127.0.0.1:1" }).SANDBOX_URL,
    ).toBeUndefined();
  });

  it("reads the encryption keys in their order", () => {
    const { ENCRYPTION_KEYS } = readEnv({ ...enough, ENCRYPTION_KEYS: `new:${key}, old:${other}` });
    expect(ENCRYPTION_KEYS.map(({ id, key: { length } }) => [id, length])).toEqual([
      ["new", 32],
      ["old", 32],
    ]);
  });

  it("clears host bits of the networks that feeds may reach", () => {
    const { FEED_ALLOWED_CIDRS } = readEnv({
      ...enough,
      FEED_ALLOWED_CIDRS: "10.1.2.3/8, 192.0.2.7,fd00::1/8",
    });
    expect(FEED_ALLOWED_CIDRS).toEqual(["10.0.0.0/8", "192.0.2.7/32", "fd00::/8"]);
  });
});

describe("secrets kept in DATA_DIR", () => {
  it("are made once, readable by nobody else, and read again", () => {
    const first = readEnv(enough);
    const second = readEnv(enough);

    expect(second.AUTH_SECRET).toBe(first.AUTH_SECRET);
    expect(second.ENCRYPTION_KEYS).toEqual(first.ENCRYPTION_KEYS);
    expect(readdirSync(dataDir).sort()).toEqual(["auth-secret", "encryption-keys"]);
    for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  });

  it("give way to the environment", () => {
    readEnv(enough);
    expect(readEnv({ ...enough, AUTH_SECRET: "e".repeat(40) }).AUTH_SECRET).toBe("e".repeat(40));
  });

  it("are never replaced when damaged", () => {
    const path = join(dataDir, "encryption-keys");
    writeFileSync(path, "k1:broken");
    const [problem] = problemsOf(enough);
    expect(problem).toContain("encryption-keys is damaged");
    expect(readFileSync(path, "utf8")).toBe("k1:broken");
  });

  it("are refused when empty", () => {
    writeFileSync(join(dataDir, "auth-secret"), "\n");
    expect(problemsOf(enough)[0]).toContain("auth-secret is damaged");
  });

  it("say which directory cannot hold them", () => {
    const file = join(dataDir, "file");
    writeFileSync(file, "");
    expect(problemsOf({ ...enough, DATA_DIR: join(file, "below") })[0]).toContain(
      "auth-secret cannot be kept there",
    );
  });
});
