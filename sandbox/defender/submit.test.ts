import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { credentialOf, pick, pickList, startHarness, type Harness } from "../testing/harness";
import { textLike } from "../testing/matchers";

const NOW = new Date("2026-11-24T08:00:00.123Z");

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness({ now: () => NOW });
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const base = {
  indicatorValue: "45.155.249.9",
  indicatorType: "IpAddress",
  action: "Block",
  title: "feed x",
  description: "c2 node",
};
const submit = (change: Record<string, unknown> = {}, api = "/defender/api") =>
  sandbox.as("TPI_TeamA", "POST", `${api}/indicators`, { ...base, ...change });
const list = async () =>
  pickList((await sandbox.as("TPI_TeamA", "GET", "/defender/api/indicators")).body, "value");
const set = (switches: Record<string, unknown>) => sandbox.control("PUT", "/switches", switches);

describe.each(["/defender/api", "/defender/api/v1.0"])("POST %s/indicators", (api) => {
  it("answers the whole entity", async () => {
    const answer = await submit(
      { severity: "Low", expirationTime: "2026-12-01T08:58:12.000Z", externalId: "f1-77" },
      api,
    );

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      "@odata.context": `${sandbox.url}/defender/api/$metadata#Indicators/$entity`,
      id: "5001",
      ...base,
      createdBy: credentialOf("TPI_TeamA").clientId,
      severity: "Low",
      category: 1,
      application: null,
      educateUrl: null,
      bypassDurationHours: null,
      recommendedActions: null,
      creationTimeDateTimeUtc: textLike(/^2026-11-24T08:00:00\.123\d{4}Z$/),
      expirationTime: "2026-12-01T08:58:12Z",
      lastUpdateTime: textLike(/\.\d{7}Z$/),
      lastUpdatedBy: null,
      rbacGroupNames: [],
      rbacGroupIds: [],
      notificationId: null,
      notificationBody: null,
      version: null,
      mitreTechniques: [],
      historicalDetection: false,
      lookBackPeriod: null,
      generateAlert: false,
      additionalInfo: null,
      createdByDisplayName: "TPI_TeamA",
      externalId: "f1-77",
      createdBySource: "PublicApi",
      certificateInfo: null,
    });
  });
});

describe("submitting again", () => {
  it("updates the same record, but not its application label", async () => {
    const first = await submit({ application: "Sluice" });
    const second = await submit({ application: "Other", title: "new title", severity: "High" });

    expect(pick(second.body, "id")).toBe(pick(first.body, "id"));
    expect(await list()).toMatchObject([
      {
        title: "new title",
        severity: "High",
        application: "Sluice",
        lastUpdatedBy: credentialOf("TPI_TeamA").clientId,
        creationTimeDateTimeUtc: pick(first.body, "creationTimeDateTimeUtc"),
      },
    ]);
  });

  it("with another action makes a second record, or changes the one by switch", async () => {
    await submit();
    await submit({ action: "Allowed" });
    expect(await list()).toHaveLength(2);

    await sandbox.control("POST", "/reset");
    await set({ defenderUpsertKey: "without-action" });
    await submit();
    await submit({ action: "Allowed" });
    expect(await list()).toMatchObject([{ action: "Allowed" }]);
  });

  it("for other device groups makes a second record, and knows their ids", async () => {
    await submit();
    const answer = await submit({ rbacGroupNames: ["Servers"] });

    expect(answer.body).toMatchObject({ rbacGroupNames: ["Servers"], rbacGroupIds: ["10"] });
    expect(await list()).toHaveLength(2);
  });

  it("in another case keeps the first spelling", async () => {
    const hash = { indicatorType: "FileSha256", indicatorValue: "AB".repeat(32) };
    await submit(hash);
    await submit({ ...hash, indicatorValue: "ab".repeat(32) });

    expect(await list()).toMatchObject([{ indicatorValue: "AB".repeat(32) }]);
  });
});

describe("a single submit", () => {
  it.each([
    ["no value", { indicatorValue: undefined }, "MissingRequiredParameter"],
    ["an empty value", { indicatorValue: "" }, "InvalidInput"],
    ["no title", { title: null }, "MissingRequiredParameter"],
    ["no description", { description: "" }, "MissingRequiredParameter"],
    ["no action", { action: undefined }, "MissingRequiredParameter"],
    ["no type", { indicatorType: undefined }, "MissingRequiredParameter"],
    ["a network", { indicatorValue: "45.155.248.0/28" }, "InvalidIpAddress"],
    ["part of an address", { indicatorValue: "1.2.3" }, "InvalidIpAddress"],
    ["a private address", { indicatorValue: "10.1.2.3" }, "InvalidIpAddress"],
    ["a loopback address", { indicatorValue: "127.0.0.1" }, "InvalidIpAddress"],
    ["a shortened IPv6 address", { indicatorValue: "2a0d:5600::5" }, "InvalidIpAddress"],
    ["a local IPv6 address", { indicatorValue: "fd00:0:0:0:0:0:0:1" }, "InvalidIpAddress"],
    ["BlockAndRemediate on an address", { action: "BlockAndRemediate" }, "InvalidInput"],
    ["Audit without an alert", { action: "Audit" }, "InvalidInput"],
    ["a past expiry", { expirationTime: "2026-11-24T07:59:59Z" }, "BadRequest"],
    ["a wildcard", { indicatorType: "DomainName", indicatorValue: "*.example.com" }, "InvalidDomainName"],
    [
      "a leading underscore",
      { indicatorType: "DomainName", indicatorValue: "_x.example.com" },
      "InvalidDomainName",
    ],
    ["no URL", { indicatorType: "Url", indicatorValue: "javascript:alert(1)" }, "InvalidUrl"],
    [
      "a hash of the wrong length",
      { indicatorType: "FileSha1", indicatorValue: "ab".repeat(32) },
      "InvalidHashValue",
    ],
    [
      "Block on a certificate",
      { indicatorType: "CertificateThumbprint", indicatorValue: "ab".repeat(20) },
      "InvalidInput",
    ],
  ])("with %s is 400", async (_case, change, code) => {
    expect(await submit(change)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it.each([
    ["IPv6 written out", { indicatorValue: "2a0d:5600:24:1337:0:0:0:5" }],
    ["Audit with an alert", { action: "Audit", generateAlert: true }],
    ["an alert flag as a word", { action: "Audit", generateAlert: "True" }],
    ["a retired action", { action: "AlertAndBlock" }],
    ["Warn on a domain", { indicatorType: "DomainName", indicatorValue: "x.example.com", action: "Warn" }],
    ["a URL with a query", { indicatorType: "Url", indicatorValue: "https://x.example.com/a?b=c&d='e'" }],
    ["a URL without scheme", { indicatorType: "Url", indicatorValue: "x.example.com/a" }],
    [
      "BlockAndRemediate on a file",
      { indicatorType: "FileSha1", indicatorValue: "ab".repeat(20), action: "BlockAndRemediate" },
    ],
    [
      "a certificate allowed",
      { indicatorType: "CertificateThumbprint", indicatorValue: "ab".repeat(20), action: "Allowed" },
    ],
    [
      "server fields sent back",
      { id: "1", createdBy: "x", lastUpdateTime: "2026-01-01T00:00:00Z", sourceType: "AadApp" },
    ],
  ])("with %s is taken", async (_case, change) => {
    expect((await submit(change)).status).toBe(200);
  });

  it.each([
    ["defenderMd5", { indicatorType: "FileMd5", indicatorValue: "ab".repeat(16) }],
    ["defenderDocumentationRanges", { indicatorValue: "203.0.113.9" }],
  ])("is judged as %s says", async (name, change) => {
    expect((await submit(change)).status).toBe(200);
    await set({ [name]: "refuse" });
    expect((await submit(change)).status).toBe(400);
  });

  it("of what another application made is forbidden", async () => {
    await sandbox.as("TPI_TeamB", "POST", "/defender/api/indicators", base);

    expect(await submit()).toMatchObject({ status: 403, body: { error: { code: "DisallowedOperation" } } });
  });

  it("over capacity is 400", async () => {
    await sandbox.control("POST", "/seed", { capacity: 0 });

    expect(pick((await submit()).body, "error", "message")).toMatch(/^Max capacity exceeded/);
  });
});
