import type { Json } from "@/lib/domain/canonical-json";

import { uuidBytes, uuidV5 } from "@/lib/domain/indicator/identity";

import { HUNTS } from "./hunts";
import { hunts, huntQuery, kqlText, letOurs, type Ours } from "./kql";

export type ArmTemplate = {
  $schema: string;
  contentVersion: string;
  parameters: Json;
  resources: readonly Json[];
};

const WORKSPACE = "[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspace'))]";
const PARAMETERS = {
  workspace: { type: "string", metadata: { description: "Name of the Log Analytics workspace." } },
};
const SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/**
 * An ARM template of scheduled rules, one for each hunt: a match of one of the team's indicators becomes an alert. It has the shape of
 * those that Sentinel exports, so that its own import takes it, too.
 */
export const analyticsRules = (ours: Ours): ArmTemplate => ({
  $schema: SCHEMA,
  contentVersion: "1.0.0.0",
  parameters: {
    ...PARAMETERS,
    rules: {
      type: "array",
      defaultValue: HUNTS.map(({ id }) => id),
      metadata: {
        description:
          "Which rules to make. Sentinel refuses a rule over a table that the workspace does not have: leave those out.",
      },
    },
  },
  resources: HUNTS.map((hunt) => {
    const { id, title, about, table, tactic, entities } = hunt;
    // The same for the same team and hunt, so that a template that is deployed again changes the rule and adds none.
    const guid = uuidV5(NAMESPACE, `rule ${ours.sourceSystem} ${ours.team} ${id}`);
    return {
      id: `[concat(${PROVIDER}, '/alertRules/${guid}')]`,
      name: `[concat(parameters('workspace'), '/Microsoft.SecurityInsights/${guid}')]`,
      type: "Microsoft.OperationalInsights/workspaces/providers/alertRules",
      apiVersion: "2023-02-01",
      kind: "Scheduled",
      condition: `[contains(parameters('rules'), '${id}')]`,
      properties: {
        displayName: armLiteral(`Sluice: ${ours.team}: ${title}`),
        description: armLiteral(`${about} Over the table ${table}. Made by Sluice.`),
        severity: "Medium",
        enabled: true,
        // As far back as it is apart from the next look, so that one event makes one alert.
        query: armLiteral(huntQuery(ours, hunt, "1h")),
        queryFrequency: "PT1H",
        queryPeriod: "P14D",
        triggerOperator: "GreaterThan",
        triggerThreshold: 0,
        suppressionDuration: "PT5H",
        suppressionEnabled: false,
        tactics: [tactic],
        techniques: [],
        customDetails: { Indicator: "Matched" },
        entityMappings: entities.map(({ entityType, fieldMappings }) => ({ entityType, fieldMappings })),
        eventGroupingSettings: { aggregationKind: "AlertPerResult" },
        incidentConfiguration: {
          createIncident: true,
          groupingConfiguration: {
            enabled: true,
            reopenClosedIncident: false,
            lookbackDuration: "P1D",
            matchingMethod: "AllEntities",
            groupByEntities: [],
            groupByAlertDetails: [],
            groupByCustomDetails: [],
          },
        },
      },
    };
  }),
});

const PROVIDER =
  "resourceId('Microsoft.OperationalInsights/workspaces/providers', parameters('workspace'), 'Microsoft.SecurityInsights')";
const NAMESPACE = uuidBytes("3c5d1f7a-52a4-4f43-9d0e-6f6f2c8a7b11");

/** An ARM template of one workbook: what of the team stands there, what ends, and what matched. */
export const workbook = (ours: Ours): ArmTemplate => ({
  $schema: SCHEMA,
  contentVersion: "1.0.0.0",
  parameters: PARAMETERS,
  resources: [
    {
      type: "Microsoft.Insights/workbooks",
      apiVersion: "2022-04-01",
      name: `[guid(resourceGroup().id, ${armText(`sluice ${ours.sourceSystem} ${ours.team}`)})]`,
      location: "[resourceGroup().location]",
      kind: "shared",
      properties: {
        displayName: armLiteral(`Sluice: ${ours.team}`),
        category: "sentinel",
        sourceId: WORKSPACE,
        serializedData: armLiteral(JSON.stringify(toNotebook(ours))),
      },
    },
  ],
});

const toNotebook = (ours: Ours): Json => ({
  $schema: "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
  version: "Notebook/1.0",
  items: [
    {
      type: 1,
      name: "about",
      content: {
        json: `## Indicators of ${ours.team}\nWhat Sluice put into this workspace for the team, and where it was seen. One value counts once, whatever rows Sentinel keeps of it.`,
      },
    },
    part(
      "count",
      "Holding now, by kind",
      `${letOurs(ours)}\nours | summarize Indicators = count() by ObservableKey | sort by Indicators desc`,
      "piechart",
    ),
    part(
      "days",
      "New by day",
      `${letOurs(ours)}\nours | where Created > ago(30d) | summarize Indicators = count() by bin(Created, 1d)`,
      "barchart",
    ),
    part(
      "ends",
      "Ending within a week",
      `${letOurs(ours)}\nours | where ValidUntil < now() + 7d | project ObservableValue, Confidence, ValidUntil | sort by ValidUntil asc | take 250`,
      "table",
    ),
    part(
      "feeds",
      "By feed",
      `${letOurs(ours)}\nours | mv-expand Label = Labels to typeof(string) | where Label startswith ${kqlText("feed:")} | summarize Indicators = count() by Feed = substring(Label, 5) | sort by Indicators desc`,
      "table",
    ),
    ...hunts(ours).map(({ id, title, query }) => part(`hunt-${id}`, title, `${query}\n| take 250`, "table")),
  ],
  isLocked: false,
  fallbackResourceIds: [],
});

const part = (name: string, title: string, query: string, visualization: string): Json => ({
  type: 3,
  name,
  content: {
    version: "KqlItem/1.0",
    query,
    size: 0,
    title,
    noDataMessage: "Nothing.",
    queryType: 0,
    resourceType: "microsoft.operationalinsights/workspaces",
    visualization,
  },
});

/** A text that begins with a bracket would be taken for an expression. */
const armLiteral = (text: string): string => (text.startsWith("[") ? `[${text}` : text);

/** A text inside an expression. */
const armText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
