import type { ColumnReference, CsvColumnRole, CsvSettings } from "@/lib/domain/feed/csv-settings";

import type { JsonFieldRole } from "@/lib/domain/feed/json-settings";
import type { FeedSettings } from "@/lib/domain/feed/feed";

import type { FormKind } from "./form-kinds";
import type { ShownJsonProposal, ShownProposal } from "./preview-answer";

/** How a list is cut, as texts of a form. */
export type CsvValues = {
  delimiter: string;
  header: boolean;
  valueColumns: string;
  commentPrefixes: string;
  encoding: string;
  columns: Partial<Record<CsvColumnRole, string>>;
};

/** Where the values lie in JSON, as texts of a form. */
export type JsonValues = {
  list: string;
  isLines: boolean;
  value: string;
  fields: Partial<Record<JsonFieldRole, string>>;
};

/** MISP's filters as texts: names by line, since they may hold commas. */
export type MispValues = {
  /** Empty: as usual for the kind. */
  publishedOnly: "" | "true" | "false";
  toIdsOnly: boolean;
  maxAgeDays: string;
  filters: string;
} & Record<MispList, { allow: string; block: string }>;
export const MISP_LISTS = ["tags", "orgs", "categories", "types"] as const;
export type MispList = (typeof MISP_LISTS)[number];

/** A feed as texts of a form. */
export type FeedFormValues = {
  kind: FormKind;
  /** The file of a feed that was made of one. */
  fileId: string | null;
  /** How an uploaded file is read. */
  format: FeedSettings["format"];
  name: string;
  provider: string;
  url: string;
  enabled: boolean;
  /** Minutes, `cron`, or empty for never by itself. */
  everyMinutes: string;
  cron: string;
  timeZone: string;
  visibility: string;
  removal: string;
  graceRuns: string;
  expiryDays: string;
  expiryDaysByType: string;
  expireFrom: string;
  storeOnly: boolean;
  staleAfterMinutes: string;
  confidence: string;
  tlp: string;
  /** By line, since they may hold commas. */
  tags: string;
  shrinkLimitPercent: string;
  growthFactor: string;
  typeMix: boolean;
  limits: { maxRows: string; maxMegabytes: string; maxMinutes: string };
  tls: { caPem: string; isInsecure: boolean };
  exclusionRegex: string;
  zipEntry: string;
  csv: CsvValues;
  json: JsonValues;
  misp: MispValues;
  taxii: { collection: string; minConfidence: string };
  /** What is stored of secrets: how it signs in and the names of the headers; null where nothing is. */
  stored: { authType: string; headerNames: readonly string[] } | null;
};

/** A new feed before anybody has said anything: the contract's defaults. */
export const NEW_FEED: FeedFormValues = {
  kind: "csv",
  fileId: null,
  format: "csv",
  name: "",
  provider: "",
  url: "",
  enabled: true,
  everyMinutes: "60",
  cron: "",
  timeZone: "",
  visibility: "team",
  removal: "mirror",
  graceRuns: "0",
  expiryDays: "",
  expiryDaysByType: "",
  expireFrom: "lastSeen",
  storeOnly: false,
  staleAfterMinutes: "",
  confidence: "50",
  tlp: "amber",
  tags: "",
  shrinkLimitPercent: "20",
  growthFactor: "10",
  typeMix: true,
  limits: { maxRows: "10000000", maxMegabytes: "2048", maxMinutes: "60" },
  tls: { caPem: "", isInsecure: false },
  exclusionRegex: "",
  zipEntry: "",
  csv: {
    delimiter: ",",
    header: false,
    valueColumns: "1",
    commentPrefixes: "#",
    encoding: "auto",
    columns: {},
  },
  json: { list: "@", isLines: false, value: "@", fields: {} },
  misp: {
    publishedOnly: "",
    toIdsOnly: true,
    maxAgeDays: "",
    filters: "",
    tags: { allow: "", block: "" },
    orgs: { allow: "", block: "" },
    categories: { allow: "", block: "" },
    types: { allow: "", block: "" },
  },
  taxii: { collection: "", minConfidence: "0" },
  stored: null,
};

/** MISP's filters as texts of a form. */
export const toMispValues = (misp: FeedSettings["misp"]): MispValues => ({
  publishedOnly: misp.publishedOnly === undefined ? "" : misp.publishedOnly ? "true" : "false",
  toIdsOnly: misp.toIdsOnly,
  maxAgeDays: misp.maxAgeDays === null ? "" : String(misp.maxAgeDays),
  filters: Object.keys(misp.filters).length === 0 ? "" : JSON.stringify(misp.filters, null, 2),
  tags: toLines(misp.tags),
  orgs: toLines(misp.orgs),
  categories: toLines(misp.categories),
  types: toLines(misp.types),
});

const toLines = ({ allow, block }: { allow: readonly string[]; block: readonly string[] }) => ({
  allow: allow.join("\n"),
  block: block.join("\n"),
});

/** Paths into JSON as texts of a form. */
export const toJsonValues = ({ list, isLines, value, fields }: FeedSettings["json"]): JsonValues => ({
  list,
  isLines,
  value,
  fields: Object.fromEntries(
    Object.entries(fields).flatMap(([role, path]) => (path === undefined ? [] : [[role, path]])),
  ),
});

/** Settings as texts; a TAB is written `\t`, as a person can type it. */
export const toCsvValues = (csv: CsvSettings): CsvValues => ({
  delimiter: writeDelimiter(csv.delimiter),
  header: csv.header,
  valueColumns: csv.valueColumns.join(", "),
  commentPrefixes: csv.commentPrefixes.join(" "),
  encoding: csv.encoding,
  columns: toTexts(csv.columns),
});

/**
 * A proposal as texts of a form that says `values` so far. What begins a comment there still does: a sample without comments
 * says nothing against it. The encoding stays automatic: it is found anew with each run.
 */
export const fromProposal = (values: CsvValues, proposal: ShownProposal): CsvValues => ({
  delimiter: writeDelimiter(proposal.delimiter),
  header: proposal.header,
  valueColumns: proposal.valueColumns.join(", "),
  commentPrefixes: unite(values.commentPrefixes, proposal.commentPrefixes),
  encoding: "auto",
  columns: toTexts(proposal.columns),
});

const unite = (text: string, found: readonly string[]): string =>
  [...new Set([...text.split(/\s+/).filter((prefix) => prefix !== ""), ...found])].join(" ");

/** Whether a proposal is worth making: it found values, and the form does not say the same already. */
export const isOffered = (values: CsvValues, proposal: ShownProposal): boolean => {
  if (proposal.valueColumns.length === 0) return false;
  const proposed = fromProposal(values, proposal);
  return !(
    proposed.delimiter === values.delimiter &&
    proposed.header === values.header &&
    proposed.valueColumns === values.valueColumns.trim() &&
    Object.entries(proposed.columns).every(([role, column]) => lookUp(values.columns, role) === column)
  );
};

/** Proposed paths as texts of the form. */
export const fromJsonProposal = ({ isLines, list, value, fields }: ShownJsonProposal): JsonValues => ({
  isLines,
  list,
  value,
  fields,
});

/** Whether the form says already what the proposal would. */
export const isJsonProposed = (values: JsonValues, proposal: ShownJsonProposal): boolean =>
  values.isLines === proposal.isLines &&
  (proposal.isLines || values.list.trim() === proposal.list) &&
  values.value.trim() === proposal.value &&
  Object.entries(proposal.fields).every(([role, path]) => lookUp(values.fields, role) === path);

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
