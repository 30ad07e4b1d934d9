import { REPUBLISHER } from "./republish";
import { isActive, textOf, textsOf, type StixRow } from "./stix-row";

/** Rows under the column names of `ThreatIntelIndicators` and `ThreatIntelObjects`, as KQL would return them. */
export const sourceTable = (rows: readonly StixRow[], now: Date) =>
  rows.map((row) => ({
    TimeGenerated: row.timeGenerated,
    Id: row.identity,
    WorkspaceId: row.workspaceId,
    AzureTenantId: row.tenantId,
    SourceSystem: row.sourceSystem,
    StixType: textOf(row, "type"),
    ObservableKey: row.observableKey,
    ObservableValue: row.observableValue,
    Confidence: row.data["confidence"] ?? null,
    Pattern: textOf(row, "pattern"),
    Created: textOf(row, "created"),
    Modified: textOf(row, "modified"),
    ValidFrom: textOf(row, "valid_from"),
    ValidUntil: textOf(row, "valid_until"),
    Revoked: row.data["revoked"] === true,
    IsDeleted: row.isDeleted,
    IsActive: isActive(row, now),
    Tags: textsOf(row, "labels"),
    LastUpdateMethod: row.lastUpdateMethod,
    CreatedBy: row.createdBy,
    Data: row.lastUpdateMethod === REPUBLISHER ? cut(row.data) : row.data,
  }));

const MOST_CHARACTERS = 1_000;

/** What is published again comes without keys that hold nothing, and with long texts cut. */
const cut = (data: StixRow["data"]): StixRow["data"] =>
  Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => {
      if (value === null || value === undefined) return [];
      const isCut = typeof value === "string" && (key === "description" || key === "pattern");
      return [[key, isCut ? value.slice(0, MOST_CHARACTERS) : value]];
    }),
  );
