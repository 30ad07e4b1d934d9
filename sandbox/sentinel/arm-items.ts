import { createHash } from "node:crypto";

import { type Workspace } from "../state/directory";

import { scopeOf } from "./arm-access";
import { parseSimplePattern, patternTypeOf } from "./pattern";
import { confidenceOf, textOf, textsOf, updatedAtOf, type StixRow } from "./stix-row";

const KINDS: Record<string, string> = {
  indicator: "Indicator",
  "attack-pattern": "AttackPattern",
  identity: "Identity",
  relationship: "Relationship",
  "threat-actor": "ThreatActor",
};

/** An object as the newer family (`query`) answers it. */
export const stixItem = (row: StixRow, workspace: Workspace) => ({
  id: `${scopeOf(workspace).replace(/threatIntelligence$/, "threatintelligence")}/${row.identity.replaceAll("/", "%2F")}`,
  name: row.identity,
  type: "Microsoft.SecurityInsights/threatintelligence",
  etag: etagOf(row),
  kind: KINDS[textOf(row, "type") ?? ""] ?? "Indicator",
  properties: {
    data: row.data,
    source: row.sourceSystem,
    createdBy: row.createdBy,
    lastModifiedBy: row.lastModifiedBy,
    firstIngestedTimeUtc: row.firstIngestedAt,
    lastIngestedTimeUtc: row.timeGenerated,
    lastUpdateMethod: row.lastUpdateMethod,
    lastUpdatedDateTimeUtc: updatedAtOf(row),
  },
});

/** An indicator as the older family (`queryIndicators`, `indicators`) answers it. */
export const indicatorItem = (row: StixRow, workspace: Workspace) => {
  const pattern = textOf(row, "pattern") ?? "";
  const observable = parseSimplePattern(pattern);
  return {
    id: `${scopeOf(workspace)}/main/indicators/${row.name}`,
    name: row.name,
    type: "Microsoft.SecurityInsights/threatIntelligence",
    etag: etagOf(row),
    kind: "indicator",
    properties: {
      displayName: textOf(row, "name") ?? "",
      description: textOf(row, "description") ?? "",
      source: row.sourceSystem,
      externalId: textOf(row, "id"),
      pattern,
      patternType: patternTypeOf(observable),
      parsedPattern:
        observable === null
          ? []
          : [
              {
                patternTypeKey: patternTypeOf(observable),
                patternTypeValues: [{ valueType: observable.key, value: observable.value }],
              },
            ],
      confidence: confidenceOf(row),
      threatTypes: textsOf(row, "indicator_types"),
      threatIntelligenceTags: textsOf(row, "labels"),
      validFrom: textOf(row, "valid_from"),
      validUntil: textOf(row, "valid_until"),
      revoked: row.data["revoked"] === true,
      created: textOf(row, "created"),
      modified: textOf(row, "modified"),
      lastUpdatedTimeUtc: updatedAtOf(row),
      objectMarkingRefs: textsOf(row, "object_marking_refs"),
    },
  };
};

const etagOf = (row: StixRow): string =>
  `"${createHash("sha1").update(`${row.identity} ${row.timeGenerated}`).digest("hex").slice(0, 36)}"`;
