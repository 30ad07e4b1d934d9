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
    Data: row.data,
  }));
