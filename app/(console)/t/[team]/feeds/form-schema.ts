import { z } from "zod";

import { checkbox } from "@/lib/actions/fields";
import { CSV_COLUMN_ROLES } from "@/lib/domain/feed/csv-settings";
import { feedCreateSchema, feedPreviewSchema } from "@/lib/domain/feed/feed";

const text = z.string().default("");
// Names and values stand in pairs, so that a blank one keeps its place.
const oneOrMany = z.preprocess((value) => [value ?? []].flat(), z.array(z.string()));

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
  visibility: text,
  removal: text,
  expiryDays: text,
  confidence: text,
  tlp: text,
  tags: text,
  shrinkLimitPercent: text,
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
});
type Raw = z.output<typeof rawSchema>;

/** The form of a feed, for saving: what the contract calls a feed, with the form's own fields beside it. */
export const feedFormSchema = rawSchema.transform((raw, context) => {
  const parsed = feedCreateSchema.safeParse(toInput(raw));
  if (parsed.success) return { ...pickOwn(raw), feed: parsed.data };
  addIssues(context, parsed.error.issues);
  return z.NEVER;
});

/** The same form for a preview: a name is not needed yet. */
export const feedPreviewFormSchema = rawSchema.transform((raw, context) => {
  const input = { ...toInput(raw), name: undefined, ...(raw.previewId && { previewId: raw.previewId }) };
  const parsed = feedPreviewSchema.safeParse(input);
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
  url: raw.url.trim(),
  enabled: raw.enabled,
  everyMinutes: toNumberOrNull(raw.everyMinutes),
  visibility: raw.visibility,
  removal: raw.removal,
  expiryDays: toNumberOrNull(raw.expiryDays),
  confidence: toNumber(raw.confidence),
  tlp: raw.tlp,
  tags: splitList(raw.tags),
  shrinkLimitPercent: toNumber(raw.shrinkLimitPercent),
  exclusionRegex: raw.exclusionRegex.trim() === "" ? null : raw.exclusionRegex.trim(),
  headers: raw.keepsSecrets ? {} : toHeaders(raw),
  auth: raw.keepsSecrets ? { type: "none" } : toAuth(raw.auth),
  csv: {
    commentPrefixes: raw.csv.commentPrefixes.split(/\s+/).filter((prefix) => prefix !== ""),
    encoding: raw.csv.encoding === "" ? "auto" : raw.csv.encoding,
    ...(raw.kind === "csv" && toTable(raw.csv)),
  },
});

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
    const path = issue.path[0] === "headers" ? ["headers"] : issue.path;
    context.addIssue({ code: "custom", path, message: inWords(issue) });
  }
};

const inWords = (issue: Issue): string => {
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => message).join(" ");
  if (issue.code === "invalid_type" && issue.expected === "number") return "Give a whole number.";
  if (issue.code === "too_small" && issue.origin === "number" && issue.message.startsWith("Too"))
    return `At least ${String(issue.minimum)}.`;
  if (issue.code === "too_big" && issue.origin === "number" && issue.message.startsWith("Too"))
    return `At most ${String(issue.maximum)}.`;
  return issue.message;
};
