import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { credentialOf, pick, pickList, startHarness, type Harness } from "../testing/harness";
import { anyText, textLike } from "../testing/matchers";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const indicator = (indicatorValue: string, change: Record<string, unknown> = {}) => ({
  indicatorValue,
  indicatorType: "DomainName",
  action: "Block",
  title: "Team A",
  description: "from a test",
  ...change,
});
const importAs = (displayName: string, Indicators: unknown[]) =>
  sandbox.as(displayName, "POST", "/defender/api/indicators/import", { Indicators });
const listAs = async (displayName: string) =>
  pickList((await sandbox.as(displayName, "GET", "/defender/api/indicators")).body, "value");
const set = (switches: Record<string, unknown>) => sandbox.control("PUT", "/switches", switches);

describe("an import", () => {
  it("answers one result per item, in the order of the request", async () => {
    const answer = await importAs("TPI_TeamA", [
      indicator("one.example.com"),
      indicator("bad value"),
      indicator("two.example.com"),
    ]);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      "@odata.context": `${sandbox.url}/defender/api/$metadata#Collection(microsoft.windowsDefenderATP.api.ImportIndicatorResult)`,
      value: [
        { id: "5001", indicator: "one.example.com", isFailed: false, failureReason: null },
        {
          id: null,
          indicator: "bad value",
          isFailed: true,
          failureReason: "Domain name bad value is invalid.",
        },
        { id: "5002", indicator: "two.example.com", isFailed: false, failureReason: null },
      ],
    });
  });

  it("gives failed items an empty id by switch", async () => {
    await set({ defenderFailedId: "empty" });

    expect(pick((await importAs("TPI_TeamA", [indicator("bad value")])).body, "value", 0, "id")).toBe("");
  });

  it("takes 500 items and not one more", async () => {
    const many = Array.from({ length: 501 }, (_, index) => indicator(`n${String(index)}.example.com`));

    expect((await importAs("TPI_TeamA", many.slice(1))).status).toBe(200);
    const refused = await importAs("TPI_TeamA", many);

    expect(refused).toMatchObject({ status: 400, body: { error: { code: "MaximumBatchSizeExceeded" } } });
    expect(pick(refused.body, "error", "message")).toContain("received 501, allowed 500");
  });

  it("refuses the whole request for one past expiry, or the item by switch", async () => {
    const mixed = [
      indicator("good.example.com"),
      indicator("late.example.com", { expirationTime: "2020-01-01T00:00:00Z" }),
    ];

    expect(await importAs("TPI_TeamA", mixed)).toMatchObject({
      status: 400,
      body: {
        error: {
          code: "BadRequest",
          message:
            "Indicator late.example.com is inactive. (Expiration time should be set to a future date time)",
        },
      },
    });
    expect(await listAs("TPI_TeamA")).toEqual([]);
    await set({ defenderPastExpiry: "item" });
    expect(pickList((await importAs("TPI_TeamA", mixed)).body, "value")).toMatchObject([
      { isFailed: false },
      { isFailed: true },
    ]);
  });

  it("refuses the whole request for an invalid value by switch", async () => {
    await set({ defenderInvalidValue: "request" });

    const answer = await importAs("TPI_TeamA", [indicator("good.example.com"), indicator("bad value")]);

    expect(answer).toMatchObject({ status: 400, body: { error: { code: "InvalidDomainName" } } });
    expect(await listAs("TPI_TeamA")).toEqual([]);
  });

  it("refuses the whole request for a value that ends in white space", async () => {
    expect(
      await importAs("TPI_TeamA", [indicator("good.example.com"), indicator("x.example.com ")]),
    ).toMatchObject({
      status: 400,
      body: { error: { code: "InvalidInput" } },
    });
  });

  it("accepts an empty list, or refuses it by switch", async () => {
    expect(await importAs("TPI_TeamA", [])).toMatchObject({ status: 200, body: { value: [] } });
    await set({ defenderEmptyImport: "bad-request" });
    expect((await importAs("TPI_TeamA", [])).status).toBe(400);
  });

  it("fills the quota and says so per item, counting records that others made", async () => {
    await sandbox.control("POST", "/seed", { foreign: 2, portal: 1, capacity: 4 });

    const answer = await importAs("TPI_TeamA", [
      indicator("fits.example.com"),
      indicator("over.example.com"),
    ]);

    expect(pickList(answer.body, "value")).toMatchObject([
      { isFailed: false },
      {
        isFailed: true,
        failureReason: "Max capacity exceeded. Current Total: 4, Limit: 4 (Parameter 'Capacity: 4/4')",
      },
    ]);
  });

  it("still updates what is there when the quota is full", async () => {
    await importAs("TPI_TeamA", [indicator("mine.example.com")]);
    await sandbox.control("POST", "/seed", { capacity: 1 });

    const answer = await importAs("TPI_TeamA", [indicator("mine.example.com", { title: "changed" })]);

    expect(pick(answer.body, "value", 0, "isFailed")).toBe(false);
  });

  it.each([
    ["BatchDelete", "POST", "/defender/api/indicators/BatchDelete", { IndicatorIds: ["5001"] }],
    ["a deletion", "DELETE", "/defender/api/indicators/5001", undefined],
  ] as const)("has the place of what %s took away at once, or after a while by switch", async (...row) => {
    const [, method, path, body] = row;
    await set({ defenderCapacityLagMs: 20_000 });
    await sandbox.control("POST", "/seed", { capacity: 1 });
    await importAs("TPI_TeamA", [indicator("old.example.com")]);
    expect((await sandbox.as("TPI_TeamA", method, path, body)).status).toBe(204);
    const isFailed = async (value: string) =>
      pick((await importAs("TPI_TeamA", [indicator(value)])).body, "value", 0, "isFailed");

    expect(await isFailed("new.example.com")).toBe(true);
    await sandbox.control("PUT", "/clock", { advanceMs: 19_000 });
    expect(await isFailed("new.example.com")).toBe(true);
    await sandbox.control("PUT", "/clock", { advanceMs: 1_500 });
    expect(await isFailed("new.example.com")).toBe(false);
    expect(await isFailed("one-more.example.com")).toBe(true);
    await set({ defenderCapacityLagMs: 0 });
  });

  it.each([
    ["title", "defenderMaxTitle"],
    ["description", "defenderMaxDescription"],
  ])("takes a %s of any length, or up to the one of a switch", async (name, limit) => {
    const send = (length: number) =>
      importAs("TPI_TeamA", [indicator("long.example.com", { [name]: "x".repeat(length) })]);
    expect(pick((await send(5_000)).body, "value", 0, "isFailed")).toBe(false);

    await set({ [limit]: 100 });
    expect(pick((await send(100)).body, "value", 0, "isFailed")).toBe(false);
    expect(pick((await send(101)).body, "value", 0)).toMatchObject({
      isFailed: true,
      failureReason: `The length of the ${name} is invalid: at most 100 characters are allowed, 101 were sent.`,
    });
    await set({ defenderInvalidValue: "request" });
    expect((await send(101)).status).toBe(400);
  });

  it("takes any device groups, or by switch those that are there and that the application is exposed to", async () => {
    const { tenantId, clientId } = credentialOf("TPI_TeamA");
    const send = async (...rbacGroupNames: string[]) =>
      pick(
        (await importAs("TPI_TeamA", [indicator("groups.example.com", { rbacGroupNames })])).body,
        ...["value", 0, "failureReason"],
      );
    expect(await send("Nobody's")).toBeNull();

    await set({ defenderDeviceGroups: "checked" });
    expect(await send("Servers", "Nobody's too")).toBe("The device group 'Nobody's too' is invalid.");
    expect(await send("Servers")).toBeNull();
    await sandbox.control("POST", "/applications", { tenantId, clientId, deviceGroups: ["Workstations"] });
    expect(await send("Workstations")).toBeNull();
    expect(await send("Servers", "Workstations")).toMatch(/not exposed/);
    expect(await send()).toMatch(/not exposed/);
  });
});

describe("a request body", () => {
  it.each([
    ["no JSON", "{", "InvalidRequestBody"],
    ["no object", [], "MissingRequiredParameter"],
    ["the list in lower case", { indicators: [] }, "MissingRequiredParameter"],
    ["no list", { Indicators: "x" }, "InvalidRequestBody"],
    ["an item that is no object", { Indicators: [3] }, "InvalidRequestBody"],
    ["a property in the wrong case", { Indicators: [{ IndicatorValue: "x" }] }, "InvalidRequestBody"],
    [
      "a wrong kind of value",
      { Indicators: [indicator("x.example.com", { title: 3 })] },
      "InvalidRequestBody",
    ],
    [
      "an unknown action",
      { Indicators: [indicator("x.example.com", { action: "Explode" })] },
      "InvalidRequestBody",
    ],
    [
      "a type nobody can create",
      { Indicators: [indicator("x", { indicatorType: "WebCategory" })] },
      "InvalidRequestBody",
    ],
  ])("with %s is refused with a correlation id", async (_case, body, code) => {
    const answer = await sandbox.as("TPI_TeamA", "POST", "/defender/api/indicators/import", body);

    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code, message: anyText, target: textLike(/^[\da-f-]{36}$/) } },
    });
  });

  it("may hold unknown properties unless switched", async () => {
    const items = [indicator("x.example.com", { colour: "red" })];

    expect((await importAs("TPI_TeamA", items)).status).toBe(200);
    await set({ defenderUnknownProperty: "refuse" });
    expect((await importAs("TPI_TeamA", items)).status).toBe(400);
  });
});

describe("what another application made", () => {
  const { clientId: teamB } = credentialOf("TPI_TeamB");
  beforeEach(() => importAs("TPI_TeamB", [indicator("shared.example.com", { title: "Team B" })]));

  it("cannot be written over", async () => {
    const answer = await importAs("TPI_TeamA", [indicator("shared.example.com")]);

    expect(pick(answer.body, "value", 0, "isFailed")).toBe(true);
    expect(await listAs("TPI_Reader")).toMatchObject([{ title: "Team B", createdBy: teamB }]);
  });

  it("gets a second record beside it by switch", async () => {
    await set({ defenderForeignUpsert: "separate" });

    await importAs("TPI_TeamA", [indicator("shared.example.com")]);

    expect(await listAs("TPI_Reader")).toMatchObject([{ title: "Team B" }, { title: "Team A" }]);
  });

  it("is changed and stays theirs by switch", async () => {
    await set({ defenderForeignUpsert: "update" });

    await importAs("TPI_TeamA", [indicator("shared.example.com")]);

    expect(await listAs("TPI_Reader")).toMatchObject([
      { title: "Team A", createdBy: teamB, lastUpdatedBy: credentialOf("TPI_TeamA").clientId },
    ]);
  });

  it("is open to Ti.ReadWrite.All", async () => {
    await importAs("TPI_Reader", [indicator("shared.example.com", { title: "by the reader" })]);

    expect(await listAs("TPI_TeamB")).toMatchObject([{ title: "by the reader", createdBy: teamB }]);
  });
});
