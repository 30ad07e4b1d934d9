import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { CONTOSO, credentialOf, pick, pickList, startHarness, type Harness } from "../testing/harness";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const make = async (displayName: string, indicatorValue: string, change: Record<string, unknown> = {}) => {
  const answer = await sandbox.as(displayName, "POST", "/defender/api/indicators", {
    indicatorValue,
    indicatorType: "DomainName",
    action: "Block",
    title: "t",
    description: "d",
    ...change,
  });
  return String(pick(answer.body, "id"));
};
const remove = (displayName: string, id: string, api = "/defender/api") =>
  sandbox.as(displayName, "DELETE", `${api}/indicators/${id}`);
const removeAll = (displayName: string, IndicatorIds: unknown) =>
  sandbox.as(displayName, "POST", "/defender/api/indicators/BatchDelete", { IndicatorIds });
const count = async () =>
  pickList((await sandbox.as("TPI_Reader", "GET", "/defender/api/indicators")).body, "value").length;

describe("deleting one", () => {
  it.each(["/defender/api", "/defender/api/v1.0"])(
    "by %s answers 204 without a body, then 404",
    async (api) => {
      const id = await make("TPI_TeamA", "a.example.com");

      expect(await remove("TPI_TeamA", id, api)).toMatchObject({ status: 204, text: "" });
      expect(await remove("TPI_TeamA", id, api)).toMatchObject({
        status: 404,
        body: { error: { code: "ResourceNotFound" } },
      });
    },
  );

  it("of another application is 404, or 403 by switch, and leaves it", async () => {
    const id = await make("TPI_TeamB", "b.example.com");

    expect((await remove("TPI_TeamA", id)).status).toBe(404);
    await sandbox.control("PUT", "/switches", { defenderForeignDelete: "forbidden" });
    expect((await remove("TPI_TeamA", id)).status).toBe(403);
    expect(await count()).toBe(1);
  });

  it("is open to Ti.ReadWrite.All", async () => {
    expect((await remove("TPI_Reader", await make("TPI_TeamB", "b.example.com"))).status).toBe(204);
  });
});

describe("deleting a batch", () => {
  it("answers 204 without a body", async () => {
    const ids = [await make("TPI_TeamA", "a.example.com"), await make("TPI_TeamA", "b.example.com")];

    expect(await removeAll("TPI_TeamA", ids)).toMatchObject({ status: 204, text: "" });
    expect(await count()).toBe(0);
  });

  it.each([
    ["an empty list", [], "InvalidInput"],
    ["no list", undefined, "MissingRequiredParameter"],
    ["too many", Array.from({ length: 501 }, (_, index) => String(index)), "MaximumBatchSizeExceeded"],
    ["an id that is no number", ["abc"], "InvalidInput"],
    ["an id that is no string", [5], "InvalidInput"],
  ])("refuses %s", async (_case, ids, code) => {
    expect(await removeAll("TPI_TeamA", ids)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it("with an id missing deletes nothing, or the others by switch", async () => {
    const id = await make("TPI_TeamA", "a.example.com");

    expect((await removeAll("TPI_TeamA", [id, "999"])).status).toBe(404);
    expect(await count()).toBe(1);
    await sandbox.control("PUT", "/switches", { defenderBatchDelete: "partial" });
    expect((await removeAll("TPI_TeamA", [id, "999"])).status).toBe(404);
    expect(await count()).toBe(0);
  });

  it("is forbidden outside the application's device groups", async () => {
    const id = await make("TPI_TeamA", "a.example.com", { rbacGroupNames: ["Servers"] });
    const { clientId } = credentialOf("TPI_TeamA");
    await sandbox.control("POST", "/applications", {
      tenantId: CONTOSO.tenantId,
      clientId,
      deviceGroups: ["Workstations"],
    });

    expect(await removeAll("TPI_TeamA", [id])).toMatchObject({
      status: 403,
      body: { error: { code: "Forbidden" } },
    });

    await sandbox.control("POST", "/applications", {
      tenantId: CONTOSO.tenantId,
      clientId,
      deviceGroups: ["Servers"],
    });
    expect((await removeAll("TPI_TeamA", [id])).status).toBe(204);
  });
});
