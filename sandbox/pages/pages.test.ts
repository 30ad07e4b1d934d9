import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { CONTOSO, startHarness, workspaceOf, type Harness } from "../testing/harness";

const soc = workspaceOf("contoso-soc");

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const open = async (path: string) => (await sandbox.request("GET", path)).text;
const importAs = (displayName: string, ...indicators: Record<string, unknown>[]) =>
  sandbox.as(displayName, "POST", "/defender/api/indicators/import", {
    Indicators: indicators.map((one) => ({ action: "Block", title: "t", description: "d", ...one })),
  });
const upload = (...objects: Record<string, unknown>[]) =>
  sandbox.as(
    "TPI_TeamA",
    "POST",
    `/sentinel/workspaces/${soc.workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`,
    {
      sourcesystem: "byo-ti",
      stixobjects: objects.map((one, index) => ({
        id: `indicator--3f0d1c2a-1111-4a2b-8c3d-00000000000${String(index)}`,
        type: "indicator",
        created: "2026-11-24T08:00:00Z",
        modified: "2026-11-24T08:00:00Z",
        pattern_type: "stix",
        valid_from: "2026-11-24T08:00:00Z",
        ...one,
      })),
    },
  );
const HOSTILE = `<img src=x onerror="alert('1')">&`;
const ESCAPED = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";

describe("every page", () => {
  it.each([
    "/",
    `/portal/defender?tenant=${CONTOSO.tenantId}`,
    `/portal/sentinel?workspace=${soc.workspaceId}`,
    "/portal/defender?tenant=none",
  ])("%s says that it is a stand-in and runs no script", async (path) => {
    const { text, headers } = await sandbox.request("GET", path);

    expect(text).toContain("This is a stand-in, not Microsoft.");
    expect(text).toContain("nothing leaves this machine");
    expect(text).not.toContain("<script");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});

describe("the home page", () => {
  it("shows what fills a form, and the last requests", async () => {
    await sandbox.as("TPI_TeamA", "GET", "/defender/api/indicators");

    const page = await open("/");

    for (const text of [
      CONTOSO.tenantId,
      "TPI_TeamA",
      "sandbox~secret~of~TPI_TeamA",
      soc.workspaceId,
      "GET /defender/api/indicators",
    ]) {
      expect(page).toContain(text);
    }
  });

  it("turns the feed to its other version and leads back", async () => {
    const answer = await sandbox.request("POST", "/_control/feeds/covid19", {
      body: new URLSearchParams({ version: "2" }),
      headers: { accept: "text/html", origin: sandbox.url },
    });

    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/");
    expect(await open("/")).toContain('value="2" aria-pressed="true">Version 2: 36');
  });

  it("turns the MISP events to a day later and leads back", async () => {
    const answer = await sandbox.request("POST", "/_control/feeds/misp", {
      body: new URLSearchParams({ version: "2" }),
      headers: { accept: "text/html", origin: sandbox.url },
    });

    expect(answer.status).toBe(303);
    expect(await open("/")).toContain('value="2" aria-pressed="true">Version 2: a day later');
  });

  it("escapes what callers sent", async () => {
    await sandbox.request("GET", `/feeds/misp/${encodeURIComponent(HOSTILE)}`);

    expect(await open("/")).not.toContain("<img");
  });
});

describe("the Defender page", () => {
  const path = `/portal/defender?tenant=${CONTOSO.tenantId}`;

  it("shows each indicator under its type with who made it, and the capacity", async () => {
    await importAs("TPI_TeamA", {
      indicatorValue: "123.123.123.123",
      indicatorType: "IpAddress",
      title: "Team A",
      application: "Sluice",
      externalId: "e-1",
    });
    await importAs("TPI_TeamB", {
      indicatorValue: "x.example.com",
      indicatorType: "DomainName",
      title: "Team B",
    });

    const addresses = await open(`${path}&tab=ip`);
    const names = await open(`${path}&tab=urls`);

    for (const text of ["123.123.123.123", "Team A", "TPI_TeamA", "Sluice", "e-1", "Never", "All devices"])
      expect(addresses).toContain(text);
    expect(addresses).toContain("<b>2</b> of 15,000 indicators used");
    expect(addresses).not.toContain("x.example.com");
    expect(names).toContain("TPI_TeamB");
  });

  it("opens at the first tab that holds something", async () => {
    await importAs("TPI_TeamA", { indicatorValue: "123.123.123.123", indicatorType: "IpAddress" });

    expect(await open(path)).toContain("123.123.123.123");
  });

  it("finds, and pages by a hundred", async () => {
    await sandbox.control("POST", "/seed", { foreign: 150 });

    expect((await open(`${path}&tab=urls`)).match(/seeded-\d+\.example/g)).toHaveLength(100);
    expect((await open(`${path}&tab=urls&page=2`)).match(/seeded-\d+\.example/g)).toHaveLength(50);
    expect((await open(`${path}&tab=urls&q=seeded-5001.`)).match(/<td class="value">/g)).toHaveLength(1);
  });

  it("escapes everything", async () => {
    await importAs("TPI_TeamA", {
      indicatorValue: "x.example.com",
      indicatorType: "DomainName",
      title: HOSTILE,
      description: HOSTILE,
      externalId: HOSTILE,
    });

    const page = await open(`${path}&q=${encodeURIComponent(HOSTILE)}`);

    expect(page).not.toContain("<img");
    expect(page.split(ESCAPED).length).toBeGreaterThan(4);
  });
});

describe("the Sentinel page", () => {
  const path = `/portal/sentinel?workspace=${soc.workspaceId}`;

  it("shows each active object with its tags, confidence, TLP, source and maker", async () => {
    await upload({
      name: "Team A: loader",
      pattern: "[ipv4-addr:value = '123.123.123.123']",
      labels: ["Team A"],
      confidence: 80,
      object_marking_refs: ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
      valid_until: "2099-01-01T00:00:00Z",
    });

    const page = await open(path);

    for (const text of [
      "123.123.123.123",
      "Team A: loader",
      '<span class="tag">Team A</span>',
      "80",
      "Amber",
      "2099-01-01",
      "byo-ti",
      "TPI_TeamA",
      "Active",
    ]) {
      expect(page).toContain(text);
    }
  });

  it("shows what is inactive only when asked, and why it is", async () => {
    await sandbox.control("PUT", "/clock", { now: "2026-11-24T08:00:00Z" });
    await upload(
      { pattern: "[domain-name:value = 'old.example.com']", valid_until: "2026-11-24T08:00:01Z" },
      { pattern: "[domain-name:value = 'revoked.example.com']", revoked: true },
    );
    await sandbox.control("PUT", "/clock", { now: "2026-11-25T00:00:00Z" });

    expect(await open(path)).not.toContain("old.example.com");
    const page = await open(`${path}&inactive=1`);
    expect(page).toContain("Inactive: expired");
    expect(page).toContain("Inactive: revoked");
  });

  it("says when a pattern is not searchable", async () => {
    await upload({ pattern: "[file:name = 'a' AND file:hashes.MD5 = 'b']" });

    expect(await open(path)).toContain("not indexed");
  });

  it("escapes everything", async () => {
    await upload({
      name: HOSTILE,
      pattern: `[url:value = '${HOSTILE.replaceAll("'", "\\'")}']`,
      labels: [HOSTILE],
      description: HOSTILE,
    });

    const page = await open(path);

    expect(page).not.toContain("<img");
    expect(page.split(ESCAPED).length).toBeGreaterThan(4);
  });
});
