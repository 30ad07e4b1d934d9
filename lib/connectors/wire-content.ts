import type { ConnectorKind } from "@/lib/domain/connector/kinds";

import type { OutgoingRecord } from "./contract";
import { toImportItem } from "./defender/map";
import { toStixIndicator } from "./sentinel/map";

/**
 * All that a destination gets of a record, but for when it was made and sent, as text that is equal where nothing would change there. What
 * a destination never sees, or only behind where its texts are cut, makes no difference.
 */
export const wireContent = (kind: ConnectorKind, record: OutgoingRecord): string =>
  kind === "defender" ? defenderContent(record) : sentinelContent(record);

const defenderContent = (record: OutgoingRecord): string => {
  // Its label is set when a record is made, and never changes.
  const item = toImportItem(record, "");
  return JSON.stringify(item && { ...item, rbacGroupNames: item.rbacGroupNames.toSorted() });
};

const sentinelContent = (record: OutgoingRecord): string =>
  JSON.stringify({ ...toStixIndicator(record), created: undefined, modified: undefined });
