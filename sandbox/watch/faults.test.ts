import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { pick, pickList, startHarness, workspaceOf, type Harness } from "../testing/harness";
import { textLike } from "../testing/matchers";

const UPLOAD = `/sentinel/workspaces/${workspaceOf("contoso-soc").workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`;

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const arm = (fault: Record<string, unknown>) => sandbox.control("POST", "/faults", fault);
const list = () => sandbox.as("TPI_TeamA", "GET", "/defender/api/indicators");
const submit = () =>
  sandbox.as("TPI_TeamA", "POST", "/defender/api/indicators", {
    indicatorValue: "x.example.com",
    indicatorType: "DomainName",
    action: "Block",
    title: "t",
    description: "d",
  });
const stored = async () =>
  pick((await sandbox.control("GET", "/state?summary=1")).body, "tenants", 0, "defender", "count");
const onIndicators = { match: { path: "/defender/*/indicators" } };

describe("a scripted fault", () => {
  it("meets requests from the one after those skipped, as often as told", async () => {
    await arm({ ...onIndicators, skip: 1, times: 2, answer: "defender-unauthorized" });

    const statuses = [await list(), await list(), await list(), await list()].map(({ status }) => status);

    expect(statuses).toEqual([200, 401, 401, 200]);
  });

  it("lasts until deleted when times is null", async () => {
    const { body } = await arm({ ...onIndicators, times: null, status: 500 });
    expect([(await list()).status, (await list()).status]).toEqual([500, 500]);

    await sandbox.control("DELETE", `/faults/${String(pick(body, "id"))}`);

    expect((await list()).status).toBe(200);
    expect((await sandbox.control("DELETE", "/faults/none")).status).toBe(404);
  });

  it("matches the method and the path only as written", async () => {
    await arm({ match: { method: "post", path: "/defender/api/indicators" }, times: null, status: 418 });

    expect((await list()).status).toBe(200);
    expect((await submit()).status).toBe(418);
  });

  it("meets only requests that hold the text it names", async () => {
    await arm({ match: { body: "y.example.com" }, times: null, status: 418 });
    expect((await submit()).status).toBe(200);

    await arm({ match: { body: "x.example.com" }, times: null, status: 418 });
    expect((await submit()).status).toBe(418);
  });

  it("drops the connection before the work is done, or after", async () => {
    await arm({ ...onIndicators, reset: true });
    await expect(submit()).rejects.toThrow();
    expect(await stored()).toBe(0);

    await arm({ ...onIndicators, reset: true, processed: true });
    await expect(submit()).rejects.toThrow();
    expect(await stored()).toBe(1);
  });

  it("gives a scripted answer instead of the work, or after it", async () => {
    await arm({ ...onIndicators, status: 502 });
    expect((await submit()).status).toBe(502);
    expect(await stored()).toBe(0);

    await arm({ ...onIndicators, status: 502, processed: true });
    expect((await submit()).status).toBe(502);
    expect(await stored()).toBe(1);
  });

  it.each([0, 25])("cuts the real answer after %i bytes", async (truncateAfterBytes) => {
    await arm({ ...onIndicators, truncateAfterBytes });

    await expect(list()).rejects.toThrow();
  });

  it("delays the real answer", async () => {
    await arm({ ...onIndicators, latencyMs: 120 });
    const startedAt = performance.now();

    expect((await list()).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
  });

  it("sends the status, headers and body it is given", async () => {
    await arm({ ...onIndicators, status: 503, headers: { "Retry-After": "7" }, body: { any: ["thing"] } });
    const first = await list();
    await arm({ ...onIndicators, body: "plain" });

    expect(first).toMatchObject({ status: 503, body: { any: ["thing"] } });
    expect(first.headers.get("retry-after")).toBe("7");
    expect(await list()).toMatchObject({ status: 200, text: "plain" });
  });

  it("knows Sentinel's 500 with an activity id", async () => {
    await arm({ match: { path: "/sentinel/*" }, answer: "sentinel-internal-error" });

    expect(await sandbox.as("TPI_TeamA", "POST", UPLOAD, {})).toMatchObject({
      status: 500,
      body: {
        statusCode: 500,
        message: "Internal server error",
        activityId: textLike(/^[\da-f-]{36}$/),
      },
    });
  });

  it.each([
    ["defender-disabled-feature", 403],
    ["defender-throttled", 429],
    ["defender-internal-error", 500],
    ["sentinel-unauthorized", 401],
    ["sentinel-throttled", 429],
  ])("can answer %s, amended", async (answer, status) => {
    await arm({ ...onIndicators, answer, headers: { "retry-after": "1" } });
    const given = await list();

    expect(given.status).toBe(status);
    expect(given.headers.get("retry-after")).toBe("1");
  });

  it("is listed with how often it met", async () => {
    await arm({ ...onIndicators, status: 500 });
    await list();

    expect(pickList((await sandbox.control("GET", "/faults")).body, "faults")).toMatchObject([
      { met: 1, times: 1 },
    ]);
    await sandbox.control("DELETE", "/faults");
    expect(pickList((await sandbox.control("GET", "/faults")).body, "faults")).toEqual([]);
  });

  it("never meets the control paths or the pages", async () => {
    await arm({ times: null, status: 500 });

    expect((await sandbox.control("GET", "/clock")).status).toBe(200);
    expect((await sandbox.request("GET", "/")).status).toBe(200);
  });

  it.each([{ answer: "unheard-of" }, { times: 0 }, { latency: 5 }])("%j is refused", async (fault) => {
    expect((await arm(fault)).status).toBe(400);
  });
});
