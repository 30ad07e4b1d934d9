import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { startHarness, type Harness } from "../testing/harness";
import { anyText, textLike } from "../testing/matchers";

let sandbox: Harness;
let teamA: string;
let teamB: string;
beforeAll(async () => {
  sandbox = await startHarness();
  [teamA, teamB] = await Promise.all([sandbox.token("TPI_TeamA"), sandbox.token("TPI_TeamB")]);
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const base = "/defender/api/indicators";
const OPERATIONS: Record<string, { method: string; path: string; body?: unknown }> = {
  import: { method: "POST", path: `${base}/import`, body: { Indicators: [] } },
  submit: { method: "POST", path: base, body: {} },
  list: { method: "GET", path: base },
  get: { method: "GET", path: `${base}/1` },
  delete: { method: "DELETE", path: `${base}/1` },
  batchDelete: { method: "POST", path: `${base}/BatchDelete`, body: { IndicatorIds: [] } },
};

const call = (operation: keyof typeof OPERATIONS, token: string) => {
  const { method = "GET", path = base, body } = OPERATIONS[operation] ?? {};
  return sandbox.request(method, path, { body, headers: { authorization: `Bearer ${token}` } });
};
const callMany = async (operation: string, token: string, times: number) => {
  const statuses: number[] = [];
  for (let count = 0; count < times; count += 1) statuses.push((await call(operation, token)).status);
  return statuses;
};

it.each([
  ["import", 30],
  ["submit", 100],
  ["list", 100],
  ["get", 100],
  ["delete", 100],
  ["batchDelete", 30],
])("%s is limited to %i a minute, in the observed words", { timeout: 30_000 }, async (operation, limit) => {
  expect(await callMany(operation, teamA, limit)).not.toContain(429);

  const refused = await call(operation, teamA);

  expect(refused).toMatchObject({
    status: 429,
    body: {
      error: {
        code: "429",
        message: textLike(
          new RegExp(
            `^API calls quota exceeded! Maximum allowed ${String(limit)} per 00:01:00 for the key Destination\\+TenantID\\+AppID\\. You can send requests again in \\d+ seconds\\.$`,
          ),
        ),
        target: anyText,
      },
    },
  });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
});

it(
  "counts each application and each operation for itself, and lets in again when the time is over",
  { timeout: 30_000 },
  async () => {
    await callMany("import", teamA, 30);

    expect((await call("import", teamA)).status).toBe(429);
    expect((await call("import", teamB)).status).toBe(200);
    expect((await call("list", teamA)).status).toBe(200);
    await sandbox.control("PUT", "/clock", { advanceMs: 60_000 });
    expect((await call("import", teamA)).status).toBe(200);
  },
);

it("limits the hour too", async () => {
  await sandbox.control("PUT", "/limits", { defender: { list: { perMinute: null, perHour: 3 } } });
  await callMany("list", teamA, 3);

  const refused = await call("list", teamA);

  expect(refused.text).toContain("Maximum allowed 3 per 01:00:00");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3500);
});

it("has no limit where it was lifted", async () => {
  await sandbox.control("PUT", "/limits", { defender: { import: { perMinute: null } } });

  expect(await callMany("import", teamA, 40)).not.toContain(429);
});
