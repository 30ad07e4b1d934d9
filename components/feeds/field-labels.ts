import { COLUMN_WORDS } from "./column-words";

/** What a person reads beside a field of a feed's form, by the field's name, so that an answer can speak of it elsewhere. */
export const fieldLabel = (name: string): string => {
  const parts = name.split(".");
  const last = parts.at(-1) ?? name;
  const group = parts.slice(0, -1).join(".");
  if (group === "csv.columns" || group === "json.fields") return ROLE_LABELS[last]?.label ?? last;
  return LABELS.get(name) ?? LABELS.get(group) ?? last;
};

const ROLE_LABELS: Readonly<Record<string, { label: string }>> = COLUMN_WORDS;

const LABELS: ReadonlyMap<string, string> = new Map([
  ["kind", "Kind of source"],
  ["previewId", "File"],
  ["url", "Address"],
  ["name", "Name"],
  ["provider", "Provider"],
  ["auth.type", "Sign-in"],
  ["auth.username", "User name"],
  ["auth.password", "Password"],
  ["auth.token", "Token"],
  ["auth.key", "Key"],
  ["headers", "Headers"],
  ["tls.caPem", "Own certificate authority"],
  ["tls.isInsecure", "Trust any certificate"],
  ["format", "Read it as"],
  ["csv.valueColumns", "Value columns"],
  ["csv.delimiter", "Cells are separated by"],
  ["csv.header", "The first row holds names"],
  ["csv.commentPrefixes", "Comments begin with"],
  ["csv.encoding", "Encoding"],
  ["json.list", "List"],
  ["json.value", "Value"],
  ["json.isLines", "One document on each line"],
  ["misp.toIdsOnly", "Only attributes meant for detection (to_ids)"],
  ["misp.publishedOnly", "Events"],
  ["misp.maxAgeDays", "Changed within (days)"],
  ["misp.filters", "Parameters"],
  ["misp.tags", "Tags"],
  ["misp.orgs", "Organisations"],
  ["misp.categories", "Categories"],
  ["misp.types", "Attribute types"],
  ["taxii.collection", "Collection"],
  ["taxii.minConfidence", "At least this confidence"],
  ["exclusionRegex", "Leave out"],
  ["zipEntry", "File in a zip archive"],
  ["everyMinutes", "Fetch"],
  ["cron", "Cron line"],
  ["timeZone", "Time zone"],
  ["shrinkLimitPercent", "Hold when it shrinks by more than (%)"],
  ["confidence", "Confidence"],
  ["tlp", "TLP"],
  ["removal", "When a value leaves the source"],
  ["graceRuns", "Missing for so many runs (mirror)"],
  ["expiryDays", "Lives on for (days, let expire)"],
  ["expiryDaysByType", "Other days for single types"],
  ["expireFrom", "Counted from"],
  ["tags", "Tags"],
  ["visibility", "Who may use it"],
  ["storeOnly", "Store, never push"],
  ["growthFactor", "Hold when it grows by more than (times)"],
  ["staleAfterMinutes", "Alert without a good run for (minutes)"],
  ["typeMix", "Hold when most values are of other types than before"],
  ["limits.maxRows", "At most (rows)"],
  ["limits.maxMegabytes", "At most (MB)"],
  ["limits.maxMinutes", "At most (minutes)"],
]);
