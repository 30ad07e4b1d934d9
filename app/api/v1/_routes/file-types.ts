import type { RowFormat } from "@/lib/services/indicators/export-rows";

/** Media types of files of rows, as their answers name them. */
export const FILE_TYPES: Readonly<Record<RowFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  json: "application/json",
};
