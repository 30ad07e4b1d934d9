import { describe, expect, it } from "vitest";
import { z } from "zod";

import { analyticsRules, workbook } from "./arm";
import { HUNTS } from "./hunts";
import { defenderQueries, sentinelQueries } from "./kql";

const OURS = { team: "Blue", sourceSystem: "Sluice" };
const defender = (team: string) => defenderQueries({ team, titleTemplate: null });
const NASTY = { team: `Blue" | search * //'\\\n]`, sourceSystem: "Sluice" };

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

  it("look for what the team was called before as well, until its records are written anew", () => {
    const renamed = { ...OURS, formerTeams: ["Old Blue"] };
    for (const { query } of sentinelQueries(renamed))
      expect(query).toContain(
        'where array_index_of(Labels, "team:Blue") >= 0 or array_index_of(Labels, "team:Old Blue") >= 0',
      );
    const [alerts] = defenderQueries({ ...renamed, titleTemplate: null });
    expect(alerts?.query).toContain(String.raw`|^\\[Old\\s+Blue`);
  });

  it("hunt where the work is: DNS, proxy, files, mail", () => {
    const all = sentinelQueries(OURS)
      .map(({ query }) => query)
      .join("\n");
    for (const table of [
      "_Im_Dns",
      "DnsEvents",
      "CommonSecurityLog",
      "DeviceNetworkEvents",
      "EmailEvents",
      "DeviceFileEvents",
      "EmailUrlInfo",
      "UrlClickEvents",
      "SecurityAlert",
    ])
      expect(all).toContain(table);
  });

  it("find the alerts of the team and of none whose name begins the same, whatever the connector's title is", () => {
    const alertsOf = (titleTemplate: string | null) =>
      defenderQueries({ team: "Team A", titleTemplate }).find(({ id }) => id === "alerts");
    expect(alertsOf(null)?.query).toContain(
      String.raw`Title matches regex "^\\[Team\\s+A\\s*(?:\\+\\d+)?(?:\\]\\s*|$)"`,
    );
    expect(alertsOf("{feeds} by {team}, {type}")?.query).toContain(
      String.raw`"(?:^|\\s*by\\s*)Team\\s+A(?:,\\s*|$)"`,
    );
    expect(alertsOf("{feeds} by {team}, {type}")?.about).not.toContain("as well");
    expect(alertsOf("{team} {feeds}")?.about).toContain("are found as well");
  });

  it("look for what a workspace keeps of each kind, and name the columns that they map", () => {
    for (const { match, entities, table } of HUNTS) {
      const shown = match.slice(match.lastIndexOf("| project "));
      expect(match).toContain(table);
      for (const { columnName } of entities.flatMap(({ fieldMappings }) => fieldMappings))
        expect(shown).toMatch(new RegExp(String.raw`[ ,]${columnName}\b`));
    }
  });

  it("find an address in a network of the team wherever they look for addresses, and say in which", () => {
    const byAddress = HUNTS.filter(({ keys }) => keys.some((key) => key.startsWith("ipv")));
    const queries = sentinelQueries(OURS).filter(
      ({ id }) => id === "matches" || byAddress.some((hunt) => hunt.id === id),
    );
    expect(queries.map(({ id }) => id)).toEqual(["matches", "network", "proxy"]);
    for (const { query } of queries) {
      // What is no network is found as it is written; a network is in no row, and its addresses are looked up.
      expect(query).toContain("union (ours | project Matched = ObservableValue,");
      expect(query).toContain("evaluate ipv4_lookup(networks4, Matched, Network)");
      expect(query).toContain("ipv6_is_in_range(Matched, Network)");
      expect(query.slice(query.indexOf("join kind=inner wanted on Matched"))).toContain("Matched, Network, ");
    }
  });

  it("find what custom indicators did on devices by the words that Defender writes", () => {
    const conditionsOf = (id: string) => {
      const query = defender(OURS.team).find((one) => one.id === id)?.query ?? "";
      return [...query.matchAll(/tostring\(Info\.(\w+)\) (has|startswith) "(\w+)"/g)];
    };
    const isFound = (id: string, info: Readonly<Record<string, string>>): boolean =>
      conditionsOf(id).some(([, field = "", operator, word = ""]) => {
        const text = (info[field] ?? "").toLowerCase();
        // `has` is of whole words, which end where neither a letter nor a digit follows.
        return operator === "startswith"
          ? text.startsWith(word.toLowerCase())
          : text.split(/[^\da-z]+/).includes(word.toLowerCase());
      });
    for (const info of [
      { ResponseCategory: "CustomBlockList" },
      { ResponseCategory: "CustomPolicy" },
      { Experience: "CustomBlockList" },
      { Experience: "CustomPolicy" },
    ])
      expect([info, isFound("network", info)]).toEqual([info, true]);
    for (const info of [
      { ResponseCategory: "CmdCtrl" },
      { Experience: "Phishing" },
      { Experience: "Malicious" },
    ])
      expect([info, isFound("network", info)]).toEqual([info, false]);
    for (const ThreatName of ["EUS:Win32/CustomEnterpriseBlock", "EUS:Win32/CustomEnterpriseBlock!cl"])
      expect([ThreatName, isFound("files", { ThreatName })]).toEqual([ThreatName, true]);
  });

  it("leave no placeholder, and have an id of their own each", () => {
    const all = [...sentinelQueries(OURS), ...defender(OURS.team)];
    for (const { query } of all) expect(query).not.toContain("{span}");
    expect(new Set(sentinelQueries(OURS).map(({ id }) => id)).size).toBe(sentinelQueries(OURS).length);
  });

  it("let a team's name be a text and nothing else", () => {
    for (const { query } of [...sentinelQueries(NASTY), ...defender(NASTY.team)]) {
      expect(outside(query)).not.toContain("search");
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

// As the reference of Microsoft.SecurityInsights/alertRules, kind Scheduled, asks for it.
const ruleSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal("Microsoft.OperationalInsights/workspaces/providers/alertRules"),
  apiVersion: z.string(),
  kind: z.literal("Scheduled"),
  condition: z.string().regex(/^\[contains\(parameters\('rules'\), '[a-z-]+'\)\]$/),
  properties: z.strictObject({
    displayName: z.string().min(1),
    description: z.string(),
    severity: z.enum(["High", "Medium", "Low", "Informational"]),
    enabled: z.boolean(),
    query: z.string().min(1).max(10_000),
    queryFrequency: z.literal("PT1H"),
    queryPeriod: z.literal("P14D"),
    triggerOperator: z.enum(["GreaterThan", "LessThan", "Equal", "NotEqual"]),
    triggerThreshold: z.number(),
    suppressionDuration: z.string(),
    suppressionEnabled: z.boolean(),
    tactics: z.array(z.enum(["CommandAndControl", "Execution", "InitialAccess"])).length(1),
    techniques: z.array(z.string()),
    customDetails: z.record(z.string(), z.string()),
    entityMappings: z
      .array(
        z.strictObject({
          entityType: z.enum(["IP", "DNS", "URL", "FileHash", "Host", "Account", "Mailbox"]),
          fieldMappings: z
            .array(z.strictObject({ identifier: z.string(), columnName: z.string() }))
            .min(1)
            .max(3),
        }),
      )
      .min(1)
      .max(10),
    eventGroupingSettings: z.strictObject({ aggregationKind: z.enum(["AlertPerResult", "SingleAlert"]) }),
    incidentConfiguration: z.looseObject({ createIncident: z.boolean() }),
  }),
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

  it("the rules have what Sentinel asks of one, and the shape in which it exports them", () => {
    const guid = "[\\da-f]{8}-[\\da-f]{4}-5[\\da-f]{3}-[89ab][\\da-f]{3}-[\\da-f]{12}";
    const template = analyticsRules(ours);
    expect(template.parameters).toMatchObject({
      rules: { type: "array", defaultValue: HUNTS.map(({ id }) => id) },
    });
    for (const resource of z.array(ruleSchema).parse(template.resources)) {
      expect(resource.name).toMatch(
        new RegExp(`^\\[concat\\(parameters\\('workspace'\\), '/Microsoft.SecurityInsights/${guid}'\\)\\]$`),
      );
      expect(resource.properties.query).toContain("ago(1h)");
    }
    expect(
      new Set(
        z
          .array(ruleSchema)
          .parse(template.resources)
          .map(({ id }) => id),
      ).size,
    ).toBe(HUNTS.length);
  });

  it("the rules look at an hour, remember two weeks of indicators, and keep their names when deployed again", () => {
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
