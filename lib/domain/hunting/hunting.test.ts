import { describe, expect, it } from "vitest";
import { z } from "zod";

import { analyticsRules, workbook } from "./arm";
import { defenderQueries, sentinelQueries } from "./kql";

const OURS = { team: "Blue", sourceSystem: "Sluice" };
const NASTY = { team: `Blue" | union * //'\\\n]`, sourceSystem: "Sluice" };

/** What stands outside of quoted texts. */
const outside = (query: string): string => query.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');

describe("the queries to copy", () => {
  it("take the newest row of each id, of this source system and this team only, while it holds", () => {
    for (const { query } of sentinelQueries(OURS)) {
      expect(query).toContain("summarize arg_max(TimeGenerated, *) by Id");
      expect(query).toContain('SourceSystem == "Sluice"');
      expect(query).toContain('array_index_of(Labels, "team:Blue") >= 0');
      expect(query).toMatch(/ValidUntil > now\(\)/);
      // What was deleted since must not be found by an older row: the newest is taken first.
      expect(query.indexOf("arg_max")).toBeLessThan(query.indexOf("IsDeleted == false"));
    }
  });

  it("hunt where the work is: DNS, proxy, files, mail", () => {
    const all = sentinelQueries(OURS)
      .map(({ query }) => query)
      .join("\n");
    for (const table of [
      "_Im_Dns",
      "DnsEvents",
      "CommonSecurityLog",
      "DeviceFileEvents",
      "EmailUrlInfo",
      "UrlClickEvents",
      "SecurityAlert",
    ])
      expect(all).toContain(table);
  });

  it("leave no placeholder, and have an id of their own each", () => {
    const all = [...sentinelQueries(OURS), ...defenderQueries(OURS)];
    for (const { query } of all) expect(query).not.toContain("{days}");
    expect(new Set(sentinelQueries(OURS).map(({ id }) => id)).size).toBe(sentinelQueries(OURS).length);
  });

  it("let a team's name be a text and nothing else", () => {
    for (const { query } of [...sentinelQueries(NASTY), ...defenderQueries(NASTY)]) {
      expect(outside(query)).not.toContain("union");
      expect(outside(query)).not.toContain("//");
    }
  });
});

const templateSchema = z.object({
  $schema: z.url(),
  contentVersion: z.string(),
  parameters: z.object({ workspace: z.object({ type: z.literal("string") }) }),
  resources: z
    .array(
      z.object({ type: z.string(), apiVersion: z.string(), name: z.string(), properties: z.looseObject({}) }),
    )
    .min(1),
});

describe.each([
  ["a plain team", OURS],
  ["a team with a difficult name", NASTY],
])("the templates to deploy, of %s", (_what, ours) => {
  it.each([
    ["workbook", workbook],
    ["rules", analyticsRules],
  ])("%s: an ARM template of valid JSON whose texts are no expressions", (_name, make) => {
    const { resources } = templateSchema.parse(JSON.parse(JSON.stringify(make(ours))));
    for (const { name, properties } of resources) {
      expect(name).toMatch(/^\[.*\]$/s);
      const texts = ["displayName", "query", "description", "serializedData"].map((key) => properties[key]);
      for (const text of texts.filter((one) => typeof one === "string"))
        expect(text).not.toMatch(/^\[(?!\[)/);
    }
  });

  it("the rules look at a day, remember two weeks of indicators, and keep their names when deployed again", () => {
    const rules = templateSchema.parse(analyticsRules(ours)).resources;
    expect(rules.map(({ name }) => name)).toEqual(
      templateSchema.parse(analyticsRules(ours)).resources.map(({ name }) => name),
    );
    for (const { properties } of rules)
      expect(properties).toMatchObject({ queryPeriod: "P14D", queryFrequency: "PT1H", enabled: true });
  });

  it("the workbook's parts are valid JSON of their own", () => {
    const [resource] = templateSchema.parse(workbook(ours)).resources;
    const notebook: unknown = JSON.parse(z.string().parse(resource?.properties["serializedData"]));
    expect(notebook).toMatchObject({ version: "Notebook/1.0" });
    const { items } = z
      .object({ items: z.array(z.object({ type: z.number(), name: z.string() })) })
      .parse(notebook);
    expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
  });
});
