import type { Action, Severity } from "@/lib/domain/connector/actions";
import type { LocalFileFormat } from "@/lib/domain/indicator/import-file";
import type { IndicatorType, Tlp } from "@/lib/domain/indicator/types";

/** One value of a file with what its row says of it; what is absent was not said. */
export type LocalFileItem = {
  value: string;
  type?: IndicatorType;
  comment?: string;
  confidence?: number;
  tlp?: Tlp;
  tags?: readonly string[];
  validUntil?: string;
  action?: Action;
  severity?: Severity;
};

/** `line` is the line of a table or a text, the number of an item or object of JSON; `text` is how the value was written. */
export type LocalFileRow = { line: number; text: string } & ({ item: LocalFileItem } | { reason: string });

export type LocalFile = {
  format: LocalFileFormat;
  /** What `line` counts. */
  unit: "line" | "item" | "object";
  rows: readonly LocalFileRow[];
  /** What of the file is no row, in sentences. */
  notes: readonly string[];
};
