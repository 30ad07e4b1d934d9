import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import {
  DEFENDER_SCOPE,
  MANAGEMENT_SCOPE,
  pick,
  startHarness,
  workspaceOf,
  type Harness,
} from "../testing/harness";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const soc = workspaceOf("contoso-soc");
const upload = `/sentinel/workspaces/${soc.workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`;
const metrics = `/arm/subscriptions/${soc.subscriptionId}/resourceGroups/${soc.resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${soc.name}/providers/Microsoft.SecurityInsights/threatIntelligence/main/metrics?api-version=2025-09-01`;

const SERVICES = [
  {
    name: "Defender",
    method: "GET",
    path: "/defender/api/indicators",
    own: DEFENDER_SCOPE,
    other: MANAGEMENT_SCOPE,
  },
  { name: "Sentinel's upload", method: "POST", path: upload, own: MANAGEMENT_SCOPE, other: DEFENDER_SCOPE },
  { name: "Azure management", method: "GET", path: metrics, own: MANAGEMENT_SCOPE, other: DEFENDER_SCOPE },
];

describe.each(SERVICES)("$name", ({ method, path, own, other }) => {
  const call = async (authorization?: string) =>
    sandbox.request(method, path, {
      headers: authorization === undefined ? {} : { authorization },
      ...(method === "POST" ? { body: {} } : {}),
    });

  it("answers 401 to no token and to nonsense", async () => {
    for (const authorization of [undefined, "Bearer nonsense", "Bearer a.b.c", "Basic eDp5"]) {
      expect((await call(authorization)).status).toBe(401);
    }
  });

  it("refuses a token for the other service", async () => {
    expect((await call(`Bearer ${await sandbox.token("TPI_TeamA", other)}`)).status).toBe(401);
  });

  it("refuses a token whose time has passed on the sandbox's clock", async () => {
    const authorization = `Bearer ${await sandbox.token("TPI_TeamA", own)}`;
    expect((await call(authorization)).status).not.toBe(401);

    await sandbox.control("PUT", "/clock", { advanceMs: 3_600_000 });

    expect((await call(authorization)).status).toBe(401);
  });

  it("refuses a token with a changed signature", async () => {
    const token = await sandbox.token("TPI_TeamA", own);
    const [head, , signature] = token.split(".");
    const forged = Buffer.from(JSON.stringify({ aud: own.replace("/.default", ""), tid: "x" })).toString(
      "base64url",
    );

    expect((await call(`Bearer ${head ?? ""}.${forged}.${signature ?? ""}`)).status).toBe(401);
  });
});

it("names the ARM errors apart", async () => {
  const wrongAudience = await sandbox.token("TPI_TeamA", DEFENDER_SCOPE);

  const none = await sandbox.request("GET", metrics);
  const wrong = await sandbox.request("GET", metrics, {
    headers: { authorization: `Bearer ${wrongAudience}` },
  });

  expect(pick(none.body, "error", "code")).toBe("AuthenticationFailed");
  expect(pick(wrong.body, "error", "code")).toBe("InvalidAuthenticationTokenAudience");
});

it("keeps tokens genuine across a reset", async () => {
  const authorization = `Bearer ${await sandbox.token("TPI_TeamA")}`;

  await sandbox.control("POST", "/reset");

  expect(
    (await sandbox.request("GET", "/defender/api/indicators", { headers: { authorization } })).status,
  ).toBe(200);
});
