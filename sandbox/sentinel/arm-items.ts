import { createHash } from "node:crypto";

import { type Workspace } from "../state/directory";
import { type Switches } from "../state/switches";

import { scopeOf } from "./arm-access";
import { parseSimplePattern, patternTypeOf } from "./pattern";
import { confidenceOf, textOf, textsOf, updatedAtOf, type StixRow } from "./stix-row";
import { guidOf } from "./stix-write";

const KINDS: Record<string, string> = {
  indicator: "Indicator",
  "attack-pattern": "AttackPattern",
  identity: "Identity",
  relationship: "Relationship",
  "threat-actor": "ThreatActor",
};

type Told = Pick<Switches, "sentinelUserInfo">;

/** An object as the newer family (`query`) answers it: who wrote it as an object, times without a zone (microsoft-apis 2.5, its OpenAPI example). */
export const stixItem = (row: StixRow, workspace: Workspace, told: Told) => ({
  id: `${scopeOf(workspace).replace(/threatIntelligence$/, "threatintelligence")}/${row.identity.replaceAll("/", "%2F")}`,
  name: row.identity,
  type: "Microsoft.SecurityInsights/threatintelligence",
  etag: etagOf(row),
  kind: KINDS[textOf(row, "type") ?? ""] ?? "Indicator",
  properties: {
    data: row.data,
    source: row.sourceSystem,
    createdBy: userInfo(row.createdBy, told),
    lastModifiedBy: userInfo(row.lastModifiedBy, told),
    firstIngestedTimeUtc: withoutZone(row.firstIngestedAt),
    lastIngestedTimeUtc: withoutZone(row.timeGenerated),
    ingestionRulesVersion: NOBODY,
    lastUpdateMethod: row.lastUpdateMethod,
    lastUpdatedDateTimeUtc: withoutZone(updatedAtOf(row)),
    relationshipHints: null,
  },
});

/** An application has no e-mail address, and another id as an object than as a client. */
const userInfo = (displayName: string, { sentinelUserInfo }: Told) =>
  sentinelUserInfo === "named"
    ? { objectId: guidOf(displayName), email: "", name: displayName }
    : { objectId: NOBODY, email: "", name: "" };

const NOBODY = "00000000-0000-0000-0000-000000000000";

/** UTC with seven digits after the second. */
const withoutZone = (at: string): string => `${new Date(at).toISOString().slice(0, -1)}0000`;

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
