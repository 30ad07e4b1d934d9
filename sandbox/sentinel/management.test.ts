import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { pick, pickList, startHarness, workspaceOf, type Harness } from "../testing/harness";
import { anyText, textLike } from "../testing/matchers";

const soc = workspaceOf("contoso-soc");
const lab = workspaceOf("contoso-lab");
const uuid = (number: number) => `3f0d1c2a-1111-4a2b-8c3d-${String(number).padStart(12, "0")}`;
const scopeOf = (workspace: typeof soc) =>
  `/arm/subscriptions/${workspace.subscriptionId}/resourceGroups/${workspace.resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${workspace.name}/providers/Microsoft.SecurityInsights/threatIntelligence`;
const SCOPE = scopeOf(soc);
const STABLE = "api-version=2025-09-01";
const PREVIEW = "api-version=2025-07-01-preview";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const upload = (stixobjects: unknown[], sourcesystem = "byo-ti") =>
  sandbox.as(
    "TPI_TeamA",
    "POST",
    `/sentinel/workspaces/${soc.workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`,
    { sourcesystem, stixobjects },
  );
const indicator = (number: number, change: Record<string, unknown> = {}) => ({
  id: `indicator--${uuid(number)}`,
  type: "indicator",
  spec_version: "2.1",
  created: "2026-11-24T08:00:00Z",
  modified: "2026-11-24T08:00:00Z",
  name: `number ${String(number)}`,
  pattern: `[domain-name:value = 'n${String(number)}.example.com']`,
  pattern_type: "stix",
  valid_from: "2026-11-24T08:00:00Z",
  labels: ["Team A"],
  confidence: 80,
  indicator_types: ["malicious-activity"],
  ...change,
});
const arm = (method: string, path: string, body?: unknown, displayName = "TPI_TeamA") =>
  sandbox.as(displayName, method, `${SCOPE}${path}`, body);
const query = async (body: unknown = {}) =>
  pickList((await arm("POST", `/main/query?${PREVIEW}`, body)).body, "value");
const queryIndicators = async (body: unknown = {}) =>
  pickList((await arm("POST", `/main/queryIndicators?${STABLE}`, body)).body, "value");
const count = async (body: unknown = {}) =>
  pick((await arm("POST", `/main/count?${PREVIEW}`, body)).body, "count");
const set = (switches: Record<string, unknown>) => sandbox.control("PUT", "/switches", switches);

describe("the republisher", () => {
  const DAY_MS = 24 * 3_600_000;
  const table = async (): Promise<Record<string, unknown>[]> => {
    const { body } = await sandbox.control("GET", `/workspaces/${soc.workspaceId}/table?view=rows`);
    return pickList(body, "rows") as Record<string, unknown>[];
  };

  it("publishes what holds again after eight days, cut in the table and whole in the store", async () => {
    const description = "x".repeat(1_500);
    await upload([indicator(1, { description }), indicator(2, { revoked: true })]);
    await sandbox.control("PUT", "/clock", { advanceMs: 7.9 * DAY_MS });
    expect(await table()).toHaveLength(2);
    await sandbox.control("PUT", "/clock", { advanceMs: 0.2 * DAY_MS });

    const rows = await table();
    expect(rows.map((row) => row["LastUpdateMethod"])).toEqual(["UploadApi", "UploadApi", "LogARepublisher"]);
    expect(pick(rows[2], "Data")).toMatchObject({ description: "x".repeat(1_000) });
    const [found] = await query();
    expect(found).toMatchObject({
      properties: { lastUpdateMethod: "LogARepublisher", data: { description } },
    });
  });

  it("leaves it when it is told to, and publishes what is named", async () => {
    await set({ sentinelRepublishDays: 0 });
    await upload([indicator(1), indicator(2)]);
    await sandbox.control("PUT", "/clock", { advanceMs: 30 * DAY_MS });
    expect(await table()).toHaveLength(2);
    const ids = [`indicator--${uuid(2)}`];
    await sandbox.control("POST", `/workspaces/${soc.workspaceId}/republish`, { ids });
    expect((await table()).at(-1)).toMatchObject({ LastUpdateMethod: "LogARepublisher" });
    expect(await table()).toHaveLength(3);
  });
});

describe("query and count", () => {
  it("answer objects under Sentinel's identity, with who made them", async () => {
    await upload([indicator(1)]);
    const name = `${Buffer.from("byo-ti").toString("base64")}---indicator--${uuid(1)}`;

    expect(await query()).toMatchObject([
      {
        name,
        id: `${SCOPE.slice("/arm".length, -"threatIntelligence".length)}threatintelligence/${name}`,
        kind: "Indicator",
        properties: {
          source: "byo-ti",
          createdBy: { objectId: textLike(/^[\da-f]{8}-/), email: "", name: "TPI_TeamA" },
          lastIngestedTimeUtc: textLike(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}$/),
          relationshipHints: null,
          data: { id: `indicator--${uuid(1)}`, labels: ["Team A"] },
        },
      },
    ]);
    expect(await count()).toBe(1);
  });

  it("may name nobody, as in Microsoft's example", async () => {
    await sandbox.control("PUT", "/switches", { sentinelUserInfo: "empty" });
    await upload([indicator(1)]);

    const nobody = { objectId: "00000000-0000-0000-0000-000000000000", email: "", name: "" };
    expect(await query()).toMatchObject([{ properties: { createdBy: nobody, lastModifiedBy: nobody } }]);
  });

  it("take conditions", async () => {
    await upload([indicator(1), indicator(2)]);
    await upload([indicator(3)], "other");
    const condition = {
      stixObjectType: "indicator",
      conditionConnective: "And",
      clauses: [
        { field: "source", operator: "Equals", values: ["byo-ti"] },
        { field: "id", operator: "Equals", values: [`indicator--${uuid(2)}`] },
      ],
    };

    expect(await query({ condition })).toMatchObject([{ properties: { data: { name: "number 2" } } }]);
    expect(await count({ condition })).toBe(1);
  });

  it("sort and page by next link", async () => {
    await upload([indicator(1), indicator(3), indicator(2)]);
    const body = { sortBy: { field: "name", direction: "DESC" }, maxPageSize: 2 };
    const first = await arm("POST", `/main/query?${PREVIEW}`, body);
    const next = String(pick(first.body, "nextLink"));

    const second = await sandbox.as("TPI_TeamA", "POST", next.slice(sandbox.url.length), body);

    const names = [...pickList(first.body, "value"), ...pickList(second.body, "value")].map((one) =>
      pick(one, "properties", "data", "name"),
    );
    expect(names).toEqual(["number 3", "number 2", "number 1"]);
    expect(second.body).not.toHaveProperty("nextLink");
  });

  it.each([
    ["an unknown operator", { condition: { clauses: [{ field: "id", operator: "Is", values: [] }] } }],
    ["a page of 100,000", { maxPageSize: 100_000 }],
    ["no JSON", "{"],
  ])("refuse %s", async (_case, body) => {
    expect(await arm("POST", `/main/query?${PREVIEW}`, body)).toMatchObject({
      status: 400,
      body: { error: { code: "BadRequest" } },
    });
  });

  it("hide what is inactive unless validity is asked for, or a switch shows it", async () => {
    await sandbox.control("PUT", "/clock", { now: "2026-11-24T08:00:00Z" });
    await upload([
      indicator(1, { revoked: true }),
      indicator(2, { valid_until: "2026-11-24T08:00:01Z" }),
      indicator(3),
    ]);
    await sandbox.control("PUT", "/clock", { now: "2026-11-25T00:00:00Z" });

    expect(await query()).toHaveLength(1);
    expect(await queryIndicators()).toHaveLength(1);
    expect(await queryIndicators({ includeDisabled: true })).toHaveLength(3);
    const revoked = { clauses: [{ field: "revoked", operator: "IsTrue" }] };
    expect(await query({ condition: revoked })).toMatchObject([
      { properties: { data: { name: "number 1" } } },
    ]);
    await set({ sentinelQueryInactive: "show" });
    expect(await query()).toHaveLength(3);
    expect(await queryIndicators()).toHaveLength(3);
  });

  it("lag behind writes by switch", async () => {
    await set({ sentinelIndexingDelayMs: 60_000 });
    await upload([indicator(1)]);

    expect(await query()).toEqual([]);
    await sandbox.control("PUT", "/clock", { advanceMs: 61_000 });
    expect(await query()).toHaveLength(1);
  });
});

describe("the older family", () => {
  it("answers indicators with their parsed pattern", async () => {
    await upload([indicator(1)]);

    expect(await queryIndicators()).toMatchObject([
      {
        kind: "indicator",
        properties: {
          displayName: "number 1",
          source: "byo-ti",
          externalId: `indicator--${uuid(1)}`,
          patternType: "domain-name",
          parsedPattern: [
            {
              patternTypeKey: "domain-name",
              patternTypeValues: [{ valueType: "domain-name:value", value: "n1.example.com" }],
            },
          ],
          confidence: 80,
          threatIntelligenceTags: ["Team A"],
          revoked: false,
        },
      },
    ]);
  });

  it("filters", async () => {
    await upload([
      indicator(1),
      indicator(2, { confidence: 20, pattern: "[url:value = 'http://n2.example.com/']" }),
    ]);
    await upload([indicator(3)], "other");

    const names = async (body: unknown) =>
      (await queryIndicators(body)).map((one) => pick(one, "properties", "displayName"));
    expect(await names({ sources: ["other"] })).toEqual(["number 3"]);
    expect(await names({ patternTypes: ["url"] })).toEqual(["number 2"]);
    expect(await names({ minConfidence: 50, sources: ["byo-ti"] })).toEqual(["number 1"]);
    expect(await names({ keywords: ["n2.example"] })).toEqual(["number 2"]);
    expect(await names({ ids: [`indicator--${uuid(3)}`] })).toEqual(["number 3"]);
    expect(await names({ sortBy: [{ itemKey: "confidence", sortOrder: "ascending" }], pageSize: 1 })).toEqual(
      ["number 2"],
    );
  });

  it("pages by skip token", async () => {
    await upload([indicator(1), indicator(2)]);
    const first = await arm("POST", `/main/queryIndicators?${STABLE}`, { pageSize: 1 });
    const skipToken = new URL(String(pick(first.body, "nextLink"))).searchParams.get("$skipToken");

    expect(await queryIndicators({ pageSize: 1, skipToken })).toMatchObject([
      { properties: { displayName: "number 2" } },
    ]);
    expect((await arm("POST", `/main/queryIndicators?${STABLE}`, { skipToken: "bad" })).status).toBe(400);
  });

  it("counts by threat type, pattern type and source", async () => {
    await upload([indicator(1), indicator(2)]);
    await upload([indicator(3)], "other");

    const answer = await arm("GET", `/main/metrics?${STABLE}`);

    expect(pick(answer.body, "value", 0, "properties")).toEqual({
      lastUpdatedTimeUtc: anyText,
      threatTypeMetrics: [{ metricName: "malicious-activity", metricValue: 3 }],
      patternTypeMetrics: [{ metricName: "domain-name", metricValue: 3 }],
      sourceMetrics: [
        { metricName: "byo-ti", metricValue: 2 },
        { metricName: "other", metricValue: 1 },
      ],
    });
  });

  it("creates, reads and lists an indicator", async () => {
    const created = await arm("POST", `/main/createIndicator?${STABLE}`, {
      kind: "indicator",
      properties: {
        source: "console",
        displayName: "by hand",
        pattern: "[url:value = 'http://x.example.com/']",
        patternType: "url",
        validFrom: "2026-11-24T08:00:00Z",
        confidence: 10,
        threatIntelligenceTags: ["x"],
      },
    });
    const name = String(pick(created.body, "name"));

    expect(created.status).toBe(201);
    expect((await arm("GET", `/main/indicators/${name}?${STABLE}`)).body).toEqual(created.body);
    expect(pickList((await arm("GET", `/main/indicators?${STABLE}`)).body, "value")).toEqual([created.body]);
  });

  it("refuses an incomplete creation", async () => {
    expect(
      (await arm("POST", `/main/createIndicator?${STABLE}`, { kind: "indicator", properties: {} })).status,
    ).toBe(400);
  });
});

describe("deleting by the path that queryIndicators names", () => {
  const removeFirst = async () => {
    const name = String(pick((await queryIndicators())[0], "name"));
    const answer = await arm("DELETE", `/main/indicators/${name}?${STABLE}`);
    return { name, answer };
  };

  it("shows the observed quirk: 200, then 404, and still listed by queries", async () => {
    await upload([indicator(1)]);
    const { name, answer } = await removeFirst();

    expect(answer.status).toBe(200);
    expect((await arm("GET", `/main/indicators/${name}?${STABLE}`)).status).toBe(404);
    expect(await queryIndicators()).toHaveLength(1);
    expect(await query()).toHaveLength(1);
  });

  it("removes by switch", async () => {
    await set({ sentinelDeleteByIndicatorPath: "removes" });
    await upload([indicator(1)]);
    const { name } = await removeFirst();

    expect(await queryIndicators()).toEqual([]);
    expect((await arm("DELETE", `/main/indicators/${name}?${STABLE}`)).status).toBe(204);
  });
});

describe("deleting by the path that query names", () => {
  const removeFirst = async () => {
    const id = String(pick((await query())[0], "id"));
    return sandbox.as("TPI_TeamA", "DELETE", `/arm${id}?${PREVIEW}`);
  };

  it("removes, and appends a row that says so", async () => {
    await upload([indicator(1)]);

    expect((await removeFirst()).status).toBe(200);
    expect(await query()).toEqual([]);
    expect(
      pickList((await sandbox.control("GET", `/workspaces/${soc.workspaceId}/table?view=rows`)).body, "rows"),
    ).toMatchObject([{ IsDeleted: false }, { IsDeleted: true }]);
  });

  it("leaves it listed by switch", async () => {
    await set({ sentinelDeleteByObjectPath: "stays-listed" });
    await upload([indicator(1)]);

    expect((await removeFirst()).status).toBe(200);
    expect(await query()).toHaveLength(1);
  });

  it("lets an upload bring the object back", async () => {
    await upload([indicator(1)]);
    await removeFirst();
    await upload([indicator(1)]);

    expect(await query()).toHaveLength(1);
  });
});

describe("the address of a management call", () => {
  it.each([
    ["without api-version", `${SCOPE}/main/metrics`, 400, "MissingApiVersionParameter"],
    ["with an api-version the operation lacks", `${SCOPE}/name?${STABLE}`, 400, "InvalidApiVersionParameter"],
    [
      "of an unknown subscription",
      `${SCOPE.replace(soc.subscriptionId, uuid(9))}/main/metrics?${STABLE}`,
      404,
      "SubscriptionNotFound",
    ],
    [
      "of an unknown resource group",
      `${SCOPE.replace("rg-security", "rg-none")}/main/metrics?${STABLE}`,
      404,
      "ResourceGroupNotFound",
    ],
    [
      "of an unknown workspace",
      `${SCOPE.replace("contoso-soc", "none")}/main/metrics?${STABLE}`,
      404,
      "ResourceNotFound",
    ],
    ["of a workspace without a role", `${scopeOf(lab)}/main/metrics?${STABLE}`, 403, "AuthorizationFailed"],
    [
      "of another tenant",
      `${scopeOf(workspaceOf("fabrikam-soc"))}/main/metrics?${STABLE}`,
      401,
      "InvalidAuthenticationTokenTenant",
    ],
  ])("%s is refused in ARM's words", async (_case, path, status, code) => {
    expect(await sandbox.as("TPI_TeamA", "GET", path)).toMatchObject({
      status,
      body: { error: { code, message: anyText } },
    });
  });

  it("is read without regard to case", async () => {
    const path = `${SCOPE.replace("resourceGroups", "resourcegroups").replace("contoso-soc", "Contoso-SOC")}/main/metrics?${STABLE}`;

    expect((await sandbox.as("TPI_TeamA", "GET", path)).status).toBe(200);
  });
});
