import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { credentialOf, FABRIKAM, pick, pickList, startHarness, type Harness } from "../testing/harness";
import { anyText } from "../testing/matchers";

const DAY_MS = 86_400_000;

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const make = (displayName: string, values: string[], change: Record<string, unknown> = {}) =>
  sandbox.as(displayName, "POST", "/defender/api/indicators/import", {
    Indicators: values.map((indicatorValue) => ({
      indicatorValue,
      indicatorType: "DomainName",
      action: "Block",
      title: "t",
      description: "d",
      ...change,
    })),
  });
const list = (displayName: string, query: Record<string, string> = {}) =>
  sandbox.as(displayName, "GET", `/defender/api/indicators?${new URLSearchParams(query).toString()}`);
const values = async (displayName: string, query: Record<string, string> = {}) =>
  pickList((await list(displayName, query)).body, "value").map((one) => pick(one, "indicatorValue"));

describe("visibility", () => {
  beforeEach(async () => {
    await make("TPI_TeamA", ["a.example.com"]);
    await make("TPI_TeamB", ["b.example.com"]);
    await sandbox.control("POST", "/seed", { portal: 1, webCategory: 1 });
  });

  it("of Ti.ReadWrite ends at what the application made", async () => {
    expect(await values("TPI_TeamA")).toEqual(["a.example.com"]);
  });

  it("of Ti.ReadWrite.All is the tenant, people's records and web categories included", async () => {
    expect(pickList((await list("TPI_Reader")).body, "value")).toMatchObject([
      { indicatorValue: "a.example.com", createdByDisplayName: "TPI_TeamA" },
      { indicatorValue: "b.example.com", createdByDisplayName: "TPI_TeamB" },
      { createdByDisplayName: "Adele Vance" },
      { indicatorType: "WebCategory" },
    ]);
  });

  it("ends at the tenant", async () => {
    await sandbox.control("POST", "/seed", { tenantId: FABRIKAM.tenantId, foreign: 1 });

    expect(await values("TPI_Fabrikam")).toEqual([]);
    expect(await values("TPI_Auditor")).toHaveLength(1);
  });

  it("is none without a role", async () => {
    const answer = await list("TPI_NoConsent");

    expect(answer).toMatchObject({ status: 403, body: { error: { code: "Forbidden" } } });
    expect(pick(answer.body, "error", "message")).toContain(
      "API required roles: Ti.ReadWrite,Ti.ReadWrite.All",
    );
  });

  it("does not let Ti.Read.All write", async () => {
    expect((await make("TPI_Auditor", [])).status).toBe(403);
  });

  it("of one record follows the same rule", async () => {
    const [, theirs] = pickList((await list("TPI_Reader")).body, "value");
    const path = `/defender/api/indicators/${String(pick(theirs, "id"))}`;

    expect(await sandbox.as("TPI_TeamA", "GET", path)).toMatchObject({
      status: 404,
      body: { error: { code: "ResourceNotFound" } },
    });
    expect(await sandbox.as("TPI_TeamB", "GET", path)).toMatchObject({
      status: 200,
      body: {
        indicatorValue: "b.example.com",
        "@odata.context": `${sandbox.url}/defender/api/$metadata#Indicators/$entity`,
      },
    });
  });
});

describe("a list", () => {
  it("is paged by $top and $skip", async () => {
    await make("TPI_TeamA", ["a.example.com", "b.example.com", "c.example.com"]);

    expect(await values("TPI_TeamA", { $top: "2" })).toEqual(["a.example.com", "b.example.com"]);
    expect(await values("TPI_TeamA", { $top: "2", $skip: "2" })).toEqual(["c.example.com"]);
  });

  it("ends silently at the page size, or with a next link by switch", async () => {
    await make("TPI_TeamA", ["a.example.com", "b.example.com", "c.example.com"]);
    await sandbox.control("PUT", "/limits", { defender: { pageSize: 2 } });
    expect((await list("TPI_TeamA")).body).not.toHaveProperty(["@odata.nextLink"]);

    await sandbox.control("PUT", "/switches", { defenderNextLink: "present" });
    const first = await list("TPI_TeamA", { $filter: "indicatorType eq 'DomainName'" });
    const next = String(pick(first.body, "@odata.nextLink"));

    const second = await sandbox.as("TPI_TeamA", "GET", next.slice(sandbox.url.length));
    expect(pickList(second.body, "value")).toMatchObject([{ indicatorValue: "c.example.com" }]);
    expect(second.body).not.toHaveProperty(["@odata.nextLink"]);
  });

  it.each([
    ["$top", "10001"],
    ["$top", "-1"],
    ["$skip", "x"],
    ["$orderby", "title"],
    ["$filter", "indicatorValue eq 'open"],
    ["$filter", "colour eq 'red'"],
    ["$filter", "indicatorValue eq"],
    ["$filter", "indicatorValue eq 3"],
    ["$filter", "indicatorValue eq 'a' 'b'"],
    ["$filter", "(".repeat(100)],
    ["$filter", "indicatorValue eq §"],
  ])("with %s=%s is an ODataError", async (name, value) => {
    expect(await list("TPI_TeamA", { [name]: value })).toMatchObject({
      status: 400,
      body: { error: { code: "ODataError", target: anyText } },
    });
  });

  it("shows what was written and deleted at once, or a while later by switch", async () => {
    await make("TPI_TeamA", ["a.example.com", "b.example.com"]);
    await sandbox.control("PUT", "/clock", { advanceMs: 60_000 });
    await sandbox.control("PUT", "/switches", { defenderListDelayMs: 15_000 });
    await sandbox.as("TPI_TeamA", "DELETE", "/defender/api/indicators/5001");
    await make("TPI_TeamA", ["b.example.com"], { title: "changed" });
    await make("TPI_TeamA", ["c.example.com"]);
    const shown = async () =>
      pickList((await list("TPI_TeamA")).body, "value").map((one) =>
        [pick(one, "indicatorValue"), pick(one, "title")].join(" "),
      );

    expect(await shown()).toEqual(["a.example.com t", "b.example.com t"]);
    await sandbox.control("PUT", "/clock", { advanceMs: 15_000 });
    expect(await shown()).toEqual(["b.example.com changed", "c.example.com t"]);
  });

  it("loses records whose expiry passes, and so does the quota", async () => {
    await make("TPI_TeamA", ["short.example.com"], {
      expirationTime: new Date(Date.now() + DAY_MS).toISOString(),
    });
    await make("TPI_TeamA", ["long.example.com"]);
    await sandbox.control("POST", "/seed", { capacity: 2 });

    await sandbox.control("PUT", "/clock", { advanceMs: 2 * DAY_MS });

    expect(await values("TPI_TeamA")).toEqual(["long.example.com"]);
    expect(pick((await make("TPI_TeamA", ["new.example.com"])).body, "value", 0, "isFailed")).toBe(false);
  });
});

it("lists device groups to Score.Read.All only", async () => {
  const path = "/defender/api/exposureScore/ByMachineGroups";

  expect((await sandbox.as("TPI_TeamA", "GET", path)).status).toBe(403);
  expect(pickList((await sandbox.as("TPI_Reader", "GET", path)).body, "value")).toMatchObject([
    { rbacGroupName: "Servers", rbacGroupId: 10 },
    { rbacGroupName: "Workstations", rbacGroupId: 11 },
  ]);
});

it("knows nothing of other paths and methods, in Defender's words", async () => {
  expect(await sandbox.as("TPI_TeamA", "GET", "/defender/api/machines")).toMatchObject({
    status: 404,
    body: { error: { code: "NotFound" } },
  });
  const answer = await sandbox.as("TPI_TeamA", "PATCH", "/defender/api/indicators/1", {});
  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("GET, DELETE");
});

it("filters by who made a record", async () => {
  await make("TPI_TeamA", ["a.example.com"]);
  await make("TPI_TeamB", ["b.example.com"]);

  const filter = `createdBy eq '${credentialOf("TPI_TeamB").clientId}' and indicatorType eq 'DomainName'`;

  expect(await values("TPI_Reader", { $filter: filter })).toEqual(["b.example.com"]);
});
