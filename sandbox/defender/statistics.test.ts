import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startHarness, type Harness } from "../testing/harness";
import { textLike } from "../testing/matchers";

const TENANT = "7e000001-0a1b-4c2d-8e3f-000000000001";
const TEAM_A = "a0000001-1a1a-4b2b-8c3c-000000000001";
const FILE = "0991a395da64e1c5fbe8732ed11e6be064081d9f";
const ROLES = ["Ti.ReadWrite", "URL.Read.All", "Ip.Read.All", "File.Read.All"];

let sandbox: Harness;
let bearer: string;

beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control("POST", "/reset");
  await grant(ROLES);
});

const grant = async (roles: readonly string[]) => {
  await sandbox.control("POST", "/applications", { tenantId: TENANT, clientId: TEAM_A, roles });
  bearer = await sandbox.token("TPI_TeamA");
};
const get = (path: string) =>
  sandbox.request("GET", `/defender/api/${path}`, { headers: { authorization: `Bearer ${bearer}` } });

describe("the statistics of what devices saw", () => {
  it("tells what was seeded of a domain, an address and a file", async () => {
    const seen = { firstSeen: "2026-11-01T00:00:00Z", lastSeen: "2026-11-20T00:00:00Z" };
    const sightings = [
      { value: "Seen.example.com", devices: 1204, ...seen },
      { value: "203.0.113.9", devices: 3 },
      { value: FILE, devices: 7, globalDevices: 900, fileNames: ["setup.exe"] },
    ];
    await sandbox.control("POST", "/seed", { sightings });

    expect((await get("domains/seen.example.com/stats?lookBackHours=720")).body).toMatchObject({
      "@odata.context": textLike(/\$metadata#microsoft\.windowsDefenderATP\.api\.InOrgDomainStats$/),
      host: "seen.example.com",
      organizationPrevalence: 1204,
      orgFirstSeen: "2026-11-01T00:00:00Z",
      orgLastSeen: "2026-11-20T00:00:00Z",
    });
    expect((await get("v1.0/ips/203.0.113.9/stats")).body).toMatchObject({
      ipAddress: "203.0.113.9",
      organizationPrevalence: 3,
    });
    expect((await get(`files/${FILE.toUpperCase()}/stats`)).body).toMatchObject({
      organizationPrevalence: 7,
      globallyPrevalence: 900,
      topFileNames: ["setup.exe"],
    });
  });

  it("has zero for a domain and an address that nobody saw, and 404 for a file", async () => {
    expect(await get("domains/nobody.example.com/stats")).toMatchObject({
      status: 200,
      body: { organizationPrevalence: 0, orgFirstSeen: null },
    });
    expect(await get("ips/203.0.113.10/stats")).toMatchObject({
      status: 200,
      body: { organizationPrevalence: 0 },
    });
    expect(await get(`files/${FILE}/stats`)).toMatchObject({
      status: 404,
      body: { error: { code: "ResourceNotFound" } },
    });
  });

  it.each([
    ["domains/seen.example.com/stats", "URL.Read.All"],
    ["ips/203.0.113.9/stats", "Ip.Read.All"],
    [`files/${FILE}/stats`, "File.Read.All"],
  ])("asks for %s the permission %s", async (path, permission) => {
    await grant(ROLES.filter((role) => role !== permission));

    expect(await get(path)).toMatchObject({
      status: 403,
      body: {
        error: { code: "Forbidden", message: textLike(new RegExp(permission.replaceAll(".", "\\."))) },
      },
    });
  });

  it.each([
    ["ips/203.0.113.900/stats", "InvalidIpAddress"],
    ["files/abc/stats", "InvalidHashValue"],
    ["domains/seen.example.com/stats?lookBackHours=721", "InvalidInput"],
  ])("refuses %s with %s", async (path, code) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it("counts all three together, 100 a minute", { timeout: 30_000 }, async () => {
    for (let count = 0; count < 50; count += 1) {
      await get("domains/seen.example.com/stats");
      await get("ips/203.0.113.9/stats");
    }

    expect((await get(`files/${FILE}/stats`)).status).toBe(429);
  });

  it("answers by the older names and with text where that is switched on", async () => {
    await sandbox.control("PUT", "/switches", { defenderStatistics: "text" });

    expect((await get("domains/seen.example.com/stats")).body).toMatchObject({ orgPrevalence: "0" });
  });
});
