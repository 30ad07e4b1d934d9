import type { ColumnReference, CsvColumnRole, CsvSettings } from "@/lib/domain/feed/csv-settings";

import type { ShownProposal } from "./preview-answer";

/** How a list is cut, as texts of a form. */
export type CsvValues = {
  delimiter: string;
  header: boolean;
  valueColumns: string;
  commentPrefixes: string;
  encoding: string;
  columns: Partial<Record<CsvColumnRole, string>>;
};

/** A feed as texts of a form. */
export type FeedFormValues = {
  kind: "csv" | "freetext";
  name: string;
  provider: string;
  url: string;
  enabled: boolean;
  everyMinutes: string;
  visibility: string;
  removal: string;
  expiryDays: string;
  confidence: string;
  tlp: string;
  tags: string;
  shrinkLimitPercent: string;
  exclusionRegex: string;
  csv: CsvValues;
  /** What is stored of secrets: how it signs in and the names of the headers; null where nothing is. */
  stored: { authType: string; headerNames: readonly string[] } | null;
};

/** A new feed before anybody has said anything: the contract's defaults. */
export const NEW_FEED: FeedFormValues = {
  kind: "csv",
  name: "",
  provider: "",
  url: "",
  enabled: true,
  everyMinutes: "60",
  visibility: "team",
  removal: "mirror",
  expiryDays: "",
  confidence: "50",
  tlp: "amber",
  tags: "",
  shrinkLimitPercent: "20",
  exclusionRegex: "",
  csv: {
    delimiter: ",",
    header: false,
    valueColumns: "1",
    commentPrefixes: "#",
    encoding: "auto",
    columns: {},
  },
  stored: null,
};

/** Settings as texts; a TAB is written `\t`, as a person can type it. */
export const toCsvValues = (csv: CsvSettings): CsvValues => ({
  delimiter: writeDelimiter(csv.delimiter),
  header: csv.header,
  valueColumns: csv.valueColumns.join(", "),
  commentPrefixes: csv.commentPrefixes.join(" "),
  encoding: csv.encoding,
  columns: toTexts(csv.columns),
});

/** A proposal as texts of the form. The encoding stays automatic: it is found anew with each run. */
export const fromProposal = (proposal: ShownProposal): CsvValues => ({
  delimiter: writeDelimiter(proposal.delimiter),
  header: proposal.header,
  valueColumns: proposal.valueColumns.join(", "),
  commentPrefixes: proposal.commentPrefixes.join(" "),
  encoding: "auto",
  columns: toTexts(proposal.columns),
});

/** Whether the form says already what the proposal would. */
export const isProposed = (values: CsvValues, proposal: ShownProposal): boolean => {
  const proposed = fromProposal(proposal);
  return (
    proposed.delimiter === values.delimiter &&
    proposed.header === values.header &&
    proposed.valueColumns === values.valueColumns.trim() &&
    Object.entries(proposed.columns).every(([role, column]) => lookUp(values.columns, role) === column)
  );
};

const writeDelimiter = (delimiter: string): string => (delimiter === "\t" ? String.raw`\t` : delimiter);

const toTexts = (
  columns: Partial<Record<CsvColumnRole, ColumnReference | undefined>>,
): Partial<Record<CsvColumnRole, string>> =>
  Object.fromEntries(
    Object.entries(columns).flatMap(([role, column]) =>
      column === undefined ? [] : [[role, String(column)]],
    ),
  );

const lookUp = (columns: Partial<Record<string, string>>, role: string): string | undefined => columns[role];
