import { z } from "zod";

import { daysByTypeWords, readDaysByType } from "@/lib/actions/days-by-type";
import { checkbox } from "@/lib/actions/fields";
import { issueWords } from "@/lib/actions/issue-words";
import { CSV_COLUMN_ROLES } from "@/lib/domain/feed/csv-settings";
import { JSON_FIELD_ROLES } from "@/lib/domain/feed/json-settings";
import { feedCreateSchema, feedPreviewSchema } from "@/lib/domain/feed/feed";

const text = z.string().default("");
// Names and values stand in pairs, so that a blank one keeps its place.
const oneOrMany = z.preprocess((value) => [value ?? []].flat(), z.array(z.string()));

const allowBlock = z.object({ allow: text, block: text }).prefault({});

/** The form's fields as they arrive: texts, checked only by what they become. */
const rawSchema = z.object({
  team: z.string(),
  feedId: z.uuid().optional(),
  previewId: z.uuid().optional(),
  /** Stored sign-in and headers stay as they are; the form's own are not looked at. */
  keepsSecrets: checkbox(),
  /** Which button sent it: `run` also queues a first run. */
  next: z.enum(["run", "save"]).catch("save"),
  kind: text,
  name: text,
  provider: text,
  url: text,
  enabled: checkbox(),
  everyMinutes: text,
  cron: text,
  timeZone: text,
  format: text,
  zipEntry: text,
  visibility: text,
  removal: text,
  graceRuns: text,
  expiryDays: text,
  expiryDaysByType: text,
  expireFrom: text,
  storeOnly: checkbox(),
  staleAfterMinutes: text,
  confidence: text,
  tlp: text,
  tags: text,
  shrinkLimitPercent: text,
  growthFactor: text,
  typeMix: checkbox(),
  limits: z.object({ maxRows: text, maxMegabytes: text, maxMinutes: text }).prefault({}),
  tls: z.object({ caPem: text, isInsecure: checkbox() }).prefault({ isInsecure: "false" }),
  exclusionRegex: text,
  headerName: oneOrMany,
  headerValue: oneOrMany,
  auth: z
    .object({ type: text, username: text, password: text, token: text, key: text })
    .prefault({ type: "none" }),
  csv: z
    .object({
      delimiter: text,
      valueColumns: text,
      header: checkbox(),
      commentPrefixes: text,
      encoding: text,
      columns: z.partialRecord(z.enum(CSV_COLUMN_ROLES), z.string()).default({}),
    })
    .prefault({ header: "false" }),
  json: z
    .object({
      list: text,
      isLines: checkbox(),
      value: text,
      fields: z.partialRecord(z.enum(JSON_FIELD_ROLES), z.string()).default({}),
    })
    .prefault({ isLines: "false" }),
  misp: z
    .object({
      publishedOnly: text,
      toIdsOnly: checkbox(),
      maxAgeDays: text,
      filters: text,
      tags: allowBlock,
      orgs: allowBlock,
      categories: allowBlock,
      types: allowBlock,
    })
    .prefault({ toIdsOnly: "false" }),
  taxii: z.object({ collection: text, minConfidence: text }).prefault({}),
});
type Raw = z.output<typeof rawSchema>;

/** The form of a feed, for saving: what the contract calls a feed, with the form's own fields beside it. */
export const feedFormSchema = rawSchema.transform((raw, context) => {
  const parsed = feedCreateSchema.safeParse(toInput(raw), { error: issueWords });
  if (parsed.success) return { ...pickOwn(raw), feed: parsed.data };
  addIssues(context, parsed.error.issues);
  return z.NEVER;
});

/** The same form for a preview: a name is not needed yet. */
export const feedPreviewFormSchema = rawSchema.transform((raw, context) => {
  const input = {
    ...toInput(raw),
    name: undefined,
    ...(raw.previewId !== undefined && { previewId: raw.previewId }),
  };
  const parsed = feedPreviewSchema.safeParse(input, { error: issueWords });
  if (parsed.success) return { ...pickOwn(raw), feed: parsed.data };
  addIssues(context, parsed.error.issues);
  return z.NEVER;
});

const pickOwn = ({ team, feedId, keepsSecrets, next }: Raw) => ({ team, feedId, keepsSecrets, next });

const toInput = (raw: Raw) => ({
  team: raw.team,
  kind: raw.kind,
  name: raw.name,
  provider: raw.provider,
  url: raw.kind === "upload" ? null : raw.url.trim(),
  ...(raw.kind === "upload" && {
    format: raw.format === "" ? "csv" : raw.format,
    ...(raw.previewId !== undefined && { previewId: raw.previewId }),
  }),
  enabled: raw.enabled,
  ...toSchedule(raw),
  visibility: raw.visibility,
  removal: raw.removal,
  graceRuns: raw.graceRuns === "" ? 0 : toNumber(raw.graceRuns),
  expiryDays: toNumberOrNull(raw.expiryDays),
  expiryDaysByType: readDaysByType(raw.expiryDaysByType),
  ...(raw.expireFrom !== "" && { expireFrom: raw.expireFrom }),
  storeOnly: raw.storeOnly,
  staleAfterMinutes: toNumberOrNull(raw.staleAfterMinutes),
  guards: { ...toNumbers({ growthFactor: raw.growthFactor }), typeMix: raw.typeMix },
  limits: {
    ...toNumbers({ maxRows: raw.limits.maxRows, maxMegabytes: raw.limits.maxMegabytes }),
    ...(raw.limits.maxMinutes.trim() !== "" && { maxMinutes: toDecimal(raw.limits.maxMinutes) }),
  },
  tls: raw.tls,
  zipEntry: raw.zipEntry.trim() === "" ? null : raw.zipEntry.trim(),
  confidence: toNumber(raw.confidence),
  tlp: raw.tlp,
  tags: splitLines(raw.tags),
  shrinkLimitPercent: toNumber(raw.shrinkLimitPercent),
  exclusionRegex: raw.exclusionRegex.trim() === "" ? null : raw.exclusionRegex.trim(),
  headers: raw.keepsSecrets ? {} : toHeaders(raw),
  auth: raw.keepsSecrets ? { type: "none" } : toAuth(raw.auth),
  csv: {
    commentPrefixes: raw.csv.commentPrefixes.split(/\s+/).filter((prefix) => prefix !== ""),
    encoding: raw.csv.encoding === "" ? "auto" : raw.csv.encoding,
    ...((raw.kind === "csv" || (raw.kind === "upload" && raw.format !== "freetext")) && toTable(raw.csv)),
  },
  ...((raw.kind === "json" || raw.format === "json") && { json: toJson(raw.json) }),
  ...((raw.kind === "misp-feed" || raw.kind === "misp-server") && { misp: toMisp(raw.misp) }),
  ...(raw.kind === "taxii" && {
    taxii: {
      collection: raw.taxii.collection.trim() === "" ? null : raw.taxii.collection.trim(),
      minConfidence: raw.taxii.minConfidence === "" ? 0 : toNumber(raw.taxii.minConfidence),
    },
  }),
});

const toSchedule = ({ kind, everyMinutes, cron, timeZone }: Raw) => {
  if (kind === "upload") return { everyMinutes: null };
  if (everyMinutes !== "cron") return { everyMinutes: toNumberOrNull(everyMinutes) };
  return { cron: cron.trim(), timeZone: timeZone.trim() === "" ? null : timeZone.trim() };
};

const toJson = ({ list, isLines, value, fields }: Raw["json"]) => ({
  ...(list.trim() !== "" && { list }),
  isLines,
  ...(value.trim() !== "" && { value }),
  fields: Object.fromEntries(Object.entries(fields).filter(([, path]) => path.trim() !== "")),
});

const toMisp = ({ publishedOnly, toIdsOnly, maxAgeDays, filters, ...lists }: Raw["misp"]) => ({
  ...(publishedOnly !== "" && { publishedOnly: publishedOnly === "true" }),
  toIdsOnly,
  maxAgeDays: toNumberOrNull(maxAgeDays),
  filters: filters.trim() === "" ? {} : toObject(filters),
  ...Object.fromEntries(
    Object.entries(lists).map(([name, { allow, block }]) => [
      name,
      { allow: splitLines(allow), block: splitLines(block) },
    ]),
  ),
});

// What is no JSON stays text, so that the schema refuses it in its own words.
const toObject = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return json;
    throw error;
  }
};

const splitLines = (value: string): string[] =>
  value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

const toNumbers = (values: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === "" ? [] : [[name, toNumber(value)]])),
  );

const toTable = ({ delimiter, valueColumns, header, columns }: Raw["csv"]) => ({
  delimiter,
  valueColumns: splitList(valueColumns).map(toColumn),
  header,
  columns: Object.fromEntries(
    Object.entries(columns).flatMap(([role, column]) =>
      column.trim() === "" ? [] : [[role, toColumn(column.trim())]],
    ),
  ),
});

const toNumber = (value: string): number => (/^\s*-?\d+\s*$/.test(value) ? Number(value) : Number.NaN);
/** Parts count, with a point or a comma before them. */
const toDecimal = (value: string): number =>
  /^\s*-?\d+(?:[.,]\d+)?\s*$/.test(value) ? Number(value.replace(",", ".")) : Number.NaN;
const toNumberOrNull = (value: string): number | null => (value.trim() === "" ? null : toNumber(value));
const toColumn = (value: string): number | string => (/^\d+$/.test(value) ? Number(value) : value);
const splitList = (value: string): string[] =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

const toHeaders = ({ headerName, headerValue }: Raw): Record<string, string> =>
  Object.fromEntries(
    headerName
      .map((name, index) => [name.trim(), headerValue[index] ?? ""] as const)
      .filter(([name, value]) => name !== "" || value !== ""),
  );

const toAuth = ({ type, username, password, token, key }: Raw["auth"]) => {
  switch (type) {
    case "basic":
      return { type, username, password };
    case "bearer":
      return { type, token: token.trim() };
    case "misp":
      return { type, key: key.trim() };
    default:
      return { type };
  }
};

type Issue = z.core.$ZodIssue;

// All headers share one group of controls, so that their messages stand under its name.
const addIssues = (context: z.core.$RefinementCtx, issues: readonly Issue[]): void => {
  for (const issue of issues) {
    // One field says what several settings are.
    const [first] = issue.path;
    const path = first === "headers" || first === "expiryDaysByType" ? [first] : issue.path;
    context.addIssue({ code: "custom", path, message: inWords(issue) });
  }
};

const inWords = (issue: Issue): string =>
  issue.path[0] === "expiryDaysByType" || issue.code === "invalid_key"
    ? daysByTypeWords(issue)
    : issue.message;
