import { TlpBadge } from "@/components/indicators/tlp-badge";
import { Badge } from "@/components/ui/badge";
import { CopyButton } from "@/components/ui/copy-button";
import { formatCount } from "@/components/ui/format-number";
import { KeyValueList, type KeyValueEntry } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { CSV_COLUMN_ROLES, type CsvSettings } from "@/lib/domain/feed/csv-settings";
import type { FeedSettings as Reading, RemovalPolicy } from "@/lib/domain/feed/feed";
import type { FeedKind } from "@/lib/domain/feed/kinds";
import type { Tlp } from "@/lib/domain/indicator/types";

import { COLUMN_WORDS } from "./column-words";
import { delimiterWord } from "./delimiter-words";
import { FEED_KIND_LABELS } from "./kind-words";
import { describeWhen } from "./schedule-words";
import { describeStored } from "./stored-secrets";

type Feed = {
  kind: FeedKind;
  url: string | null;
  provider: string;
  everyMinutes: number | null;
  cron: string | null;
  timeZone: string | null;
  csv: CsvSettings;
  exclusionRegex: string | null;
  authType: string;
  headerNames: readonly string[];
  removal: RemovalPolicy;
  expiryDays: number | null;
  expiryDaysByType: Readonly<Partial<Record<string, number>>>;
  graceRuns: number;
  storeOnly: boolean;
  shrinkLimitPercent: number;
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  visibility: "team" | "everyone";
  createdAt: Date;
} & Pick<Reading, "format" | "json" | "misp" | "taxii" | "guards" | "tls">;

/** What a feed is set to, in words. Of its secrets only what they are, never a value. */
export const FeedSettings = ({ feed }: { feed: Feed }) => (
  <KeyValueList
    entries={[...(feed.kind === "local" ? [] : sourceOf(feed)), ...policyOf(feed)]}
    className="[&>div]:grid-cols-[7.5rem_minmax(0,1fr)]"
  />
);

const sourceOf = (feed: Feed): KeyValueEntry[] => [
  {
    label: "Address",
    value:
      feed.url === null ? null : (
        <span className="flex items-start gap-1">
          <code className="min-w-0 font-mono text-xs leading-6 break-all">{feed.url}</code>
          <CopyButton text={feed.url} label="Copy the address" />
        </span>
      ),
  },
  { label: "Provider", value: feed.provider },
  {
    label: "Format",
    value: FEED_KIND_LABELS[feed.kind],
    hint: describeReading(feed),
  },
  {
    label: "Leaves out",
    value:
      feed.exclusionRegex === null ? null : <code className="font-mono text-xs">{feed.exclusionRegex}</code>,
  },
  { label: "Sign-in", value: describeStored(feed) },
  ...(feed.tls.isInsecure ? [{ label: "Certificates", value: "Any is trusted" }] : []),
  { label: "Schedule", value: describeWhen(feed) },
  {
    label: "Held if it shrinks",
    value: feed.shrinkLimitPercent >= 100 ? "Never" : `By more than ${String(feed.shrinkLimitPercent)} %`,
  },
  {
    label: "Held if it grows",
    value:
      feed.guards.growthFactor === 0 ? "Never" : `By more than ${String(feed.guards.growthFactor)} times`,
  },
  { label: "Gone at the source", value: describeRemoval(feed) },
  ...(feed.storeOnly ? [{ label: "Pushed", value: "Never: stored only" }] : []),
];

const describeReading = (feed: Feed): string | undefined => {
  const mapping = feed.kind === "upload" ? feed.format : feed.kind;
  switch (mapping) {
    case "csv":
      return describeTable(feed.csv);
    case "json":
      return `Values at ${feed.json.value} of each item in ${feed.json.list}`;
    case "misp-feed":
    case "misp-server":
      return `${feed.misp.toIdsOnly ? "Attributes meant for detection" : "All attributes"}${
        feed.misp.maxAgeDays === null
          ? ""
          : `, of events changed within ${formatCount(feed.misp.maxAgeDays, "day")}`
      }`;
    case "taxii":
      return feed.taxii.collection === null ? undefined : `Collection ${feed.taxii.collection}`;
    case "freetext":
    case "local":
    case "subscription":
      return undefined;
  }
};

const policyOf = (feed: Feed): KeyValueEntry[] => [
  { label: "Confidence", value: feed.confidence },
  { label: "TLP", value: <TlpBadge tlp={feed.tlp} /> },
  {
    label: "Tags",
    value:
      feed.tags.length === 0 ? null : (
        <span className="flex flex-wrap gap-1">
          {feed.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </span>
      ),
  },
  { label: "Used by", value: feed.visibility === "team" ? "This team only" : "Other teams may subscribe" },
  { label: "Added", value: <RelativeTime at={feed.createdAt} /> },
];

const describeRemoval = ({ removal, expiryDays, expiryDaysByType, graceRuns }: Feed): string => {
  switch (removal) {
    case "mirror":
      return graceRuns === 0
        ? "Gone here too"
        : `Gone here after ${String(graceRuns + 1)} good runs without it`;
    case "expire":
      return [
        expiryDays === null
          ? "Lives on for the days of its type"
          : `Lives on for ${formatCount(expiryDays, "day")}`,
        ...Object.entries(expiryDaysByType).map(([type, days]) => `${type}: ${String(days)}`),
      ].join(", ");
    case "keep":
      return "Stays here";
  }
};

const describeTable = ({ delimiter, header, valueColumns, columns, encoding }: CsvSettings): string => {
  const values = valueColumns.length === 0 ? "any cell" : `column ${valueColumns.join(", ")}`;
  const others = CSV_COLUMN_ROLES.flatMap((role) =>
    columns[role] === undefined
      ? []
      : [`${COLUMN_WORDS[role].label.toLowerCase()} in ${String(columns[role])}`],
  );
  const parts = [
    `Values in ${values}`,
    ...others,
    `separated by ${delimiterWord(delimiter)}`,
    header ? "with a header row" : "no header row",
    ...(encoding === "auto" ? [] : [encoding]),
  ];
  return parts.join(", ");
};
