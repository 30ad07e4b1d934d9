import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { pick, pickList, startHarness, workspaceOf, type Harness } from "../testing/harness";
import { textLike } from "../testing/matchers";

const soc = workspaceOf("contoso-soc");
const ID = "indicator--3f0d1c2a-1111-4a2b-8c3d-000000000001";
const pathOf = (workspaceId: string, version: string | null = "2024-02-01-preview") =>
  `/sentinel/workspaces/${workspaceId}/threat-intelligence-stix-objects:upload${version === null ? "" : `?api-version=${version}`}`;

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const indicator = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: ID,
  type: "indicator",
  spec_version: "2.1",
  created: "2026-11-24T08:00:00.000Z",
  modified: "2026-11-24T08:00:00.000Z",
  pattern: "[ipv4-addr:value = '45.155.249.9']",
  pattern_type: "stix",
  valid_from: "2026-11-24T08:00:00Z",
  ...change,
});
const upload = (stixobjects: unknown, sourcesystem: unknown = "byo-ti", displayName = "TPI_TeamA") =>
  sandbox.as(displayName, "POST", pathOf(soc.workspaceId), { sourcesystem, stixobjects });
const table = async (view: string) =>
  pickList((await sandbox.control("GET", `/workspaces/${soc.workspaceId}/table?view=${view}`)).body, "rows");
const set = (switches: Record<string, unknown>) => sandbox.control("PUT", "/switches", switches);

describe("an upload", () => {
  it("of valid objects answers 200 with an empty body", async () => {
    expect(await upload([indicator()])).toMatchObject({ status: 200, text: "" });
    expect(await table("rows")).toHaveLength(1);
  });

  it.each(["errorMessages", "validationErrorMessages"])(
    "of some invalid objects stores the valid ones and lists the others by index under %s",
    async (sentinelErrorList) => {
      await set({ sentinelErrorList });

      const answer = await upload([indicator(), indicator({ id: undefined })]);

      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errors: [
          {
            recordIndex: 1,
            [sentinelErrorList]: ["Error for Property=id: Required property is missing. Actual value: NULL."],
          },
        ],
      });
      expect(await table("rows")).toHaveLength(1);
    },
  );

  it("without any valid object is 400, or 200 with errors by switch", async () => {
    const refused = await upload([indicator({ id: undefined })]);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "BadRequest" } } });
    expect(refused.headers.get("x-ms-error-code")).toBe("BadRequest");

    await set({ sentinelNoValidObject: "errors" });
    expect(await upload([indicator({ id: undefined })])).toMatchObject({
      status: 200,
      body: { errors: [{ recordIndex: 0 }] },
    });
  });

  it.each([
    ["more than 100 objects", Array.from({ length: 101 }, () => indicator()), "byo-ti"],
    ["no objects", [], "byo-ti"],
    ["objects that are no list", {}, "byo-ti"],
    ["no source", [indicator()], null],
    ["the reserved source", [indicator()], "microsoft sentinel"],
    ["a source of 257 characters", [indicator()], "x".repeat(257)],
  ])("with %s is 400", async (_case, objects, source) => {
    expect(await upload(objects, source)).toMatchObject({
      status: 400,
      body: { error: { code: "BadRequest" } },
    });
  });

  it("that is no JSON is 400", async () => {
    expect((await sandbox.as("TPI_TeamA", "POST", pathOf(soc.workspaceId), "{")).status).toBe(400);
  });
});

describe("the address of an upload", () => {
  it.each([
    ["without api-version", pathOf(soc.workspaceId, null), 400, "MissingApiVersionParameter"],
    ["with another api-version", pathOf(soc.workspaceId, "2022-07-01"), 400, "InvalidApiVersionParameter"],
    ["with a name instead of a GUID", pathOf(soc.name), 400, "BadArgument"],
    ["of an unknown workspace", pathOf("5e90dead-0a0a-4b0b-8c0c-000000000009"), 404, "WorkspaceNotFound"],
    ["of a workspace without a role", pathOf(workspaceOf("contoso-lab").workspaceId), 403, "Forbidden"],
    ["of another tenant's workspace", pathOf(workspaceOf("fabrikam-soc").workspaceId), 403, "Forbidden"],
  ])("%s is refused", async (_case, path, status, code) => {
    const body = { sourcesystem: "byo-ti", stixobjects: [indicator()] };

    expect(await sandbox.as("TPI_TeamA", "POST", path, body)).toMatchObject({
      status,
      body: { error: { code } },
    });
  });

  it.each([
    ["role-first", [{ type: "indicator" }], 403],
    ["body-first", [{ type: "indicator" }], 400],
    ["body-first", [], 400],
    ["body-first", [indicator()], 403],
  ])("without a role, %s, %j is %d", async (sentinelRefusalOrder, stixobjects, status) => {
    await set({ sentinelRefusalOrder });
    const path = pathOf(workspaceOf("contoso-lab").workspaceId);

    expect(
      await sandbox.as("TPI_TeamA", "POST", path, { sourcesystem: "byo-ti", stixobjects }),
    ).toMatchObject({ status });
  });

  it("needs the colon", async () => {
    const path = pathOf(soc.workspaceId).replace(":upload", "/upload");

    expect((await sandbox.as("TPI_TeamA", "POST", path, {})).status).toBe(404);
  });
});

describe("the rate of uploads", () => {
  it.each(["absent", "present"])(
    "is 100 a minute for each application, Retry-After being %s",
    { timeout: 30_000 },
    async (position) => {
      await set({ sentinelRetryAfter: position });
      const body = { sourcesystem: "byo-ti", stixobjects: [] };
      for (let count = 0; count < 100; count += 1)
        await sandbox.as("TPI_TeamA", "POST", pathOf(soc.workspaceId), body);

      const refused = await sandbox.as("TPI_TeamA", "POST", pathOf(soc.workspaceId), body);

      expect(refused.status).toBe(429);
      expect(refused.body).toEqual({
        statusCode: 429,
        message: textLike(/^Rate limit is exceeded\. Try again in \d+ seconds\.$/),
      });
      expect(refused.headers.has("retry-after")).toBe(position === "present");
      expect((await upload([indicator()], "byo-ti", "TPI_TeamB")).status).toBe(200);
    },
  );
});

describe("the table", () => {
  it("appends a row with each upload and holds the newest to be the object", async () => {
    await upload([indicator({ name: "first" })]);
    await upload([indicator({ name: "second", modified: "2026-11-24T09:00:00.000Z" })]);

    expect((await table("rows")).map((row) => pick(row, "Data", "name"))).toEqual(["first", "second"]);
    expect(await table("latest")).toMatchObject([
      {
        Id: `${Buffer.from("byo-ti").toString("base64")}---${ID}`,
        SourceSystem: "byo-ti",
        ObservableKey: "ipv4-addr:value",
        ObservableValue: "45.155.249.9",
        Data: { name: "second" },
        IsActive: true,
        CreatedBy: "TPI_TeamA",
      },
    ]);
  });

  it("holds the same id under another source to be another object", async () => {
    await upload([indicator()]);
    await upload([indicator()], "other");

    expect(await table("latest")).toHaveLength(2);
  });

  it.each([
    ["revoked", { revoked: true }],
    ["expired", { valid_until: "2026-11-24T08:30:00Z" }],
  ])("keeps what is %s out of the active view", async (_case, change) => {
    await sandbox.control("PUT", "/clock", { now: "2026-11-24T10:00:00Z" });
    await upload([indicator(change)]);

    expect(await table("latest")).toMatchObject([{ IsActive: false }]);
    expect(await table("active")).toEqual([]);
  });

  it("never takes a revocation back", async () => {
    await upload([indicator({ revoked: true })]);
    await upload([indicator({ revoked: false, modified: "2026-11-24T09:00:00.000Z" })]);

    expect(await table("active")).toEqual([]);
  });

  it.each([
    ["accept", 200, "older"],
    ["ignore", 200, "newer"],
    ["error", 400, "newer"],
  ])("meets a version that is not newer with: %s", async (position, status, kept) => {
    await set({ sentinelOlderModified: position });
    await upload([indicator({ name: "newer", modified: "2026-11-24T09:00:00.000Z" })]);

    expect((await upload([indicator({ name: "older" })])).status).toBe(status);
    expect(await table("latest")).toMatchObject([{ Data: { name: kept } }]);
  });
});
