import { TlpBadge } from "@/components/indicators/tlp-badge";
import { Badge } from "@/components/ui/badge";
import { CopyButton } from "@/components/ui/copy-button";
import { KeyValueList, type KeyValueEntry } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { CSV_COLUMN_ROLES, type CsvSettings } from "@/lib/domain/feed/csv-settings";
import type { FeedKind, RemovalPolicy } from "@/lib/domain/feed/feed";
import type { Tlp } from "@/lib/domain/indicator/types";

import { COLUMN_WORDS } from "./column-words";
import { delimiterWord } from "./delimiter-words";
import { FEED_KIND_LABELS } from "./kind-words";
import { describeSchedule } from "./schedule-words";
import { describeStored } from "./stored-secrets";

type Feed = {
  kind: FeedKind;
  url: string | null;
  provider: string;
  everyMinutes: number | null;
  csv: CsvSettings;
  exclusionRegex: string | null;
  authType: string;
  headerNames: readonly string[];
  removal: RemovalPolicy;
  expiryDays: number | null;
  shrinkLimitPercent: number;
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  visibility: "team" | "everyone";
  createdAt: Date;
};

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
    ...(feed.kind === "csv" && { hint: describeTable(feed.csv) }),
  },
  {
    label: "Leaves out",
    value:
      feed.exclusionRegex === null ? null : <code className="font-mono text-xs">{feed.exclusionRegex}</code>,
  },
  { label: "Sign-in", value: describeStored(feed) },
  { label: "Schedule", value: describeSchedule(feed.everyMinutes) },
  {
    label: "Held if it shrinks",
    value: feed.shrinkLimitPercent >= 100 ? "Never" : `By more than ${String(feed.shrinkLimitPercent)} %`,
  },
  { label: "Gone at the source", value: describeRemoval(feed) },
];

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

const describeRemoval = ({ removal, expiryDays }: Feed): string => {
  switch (removal) {
    case "mirror":
      return "Gone here too";
    case "expire":
      return `Lives on for ${String(expiryDays ?? DEFAULT_DAYS)} days`;
    case "keep":
      return "Stays here";
  }
};

/** What a feed that lets values expire gives them, unless it says otherwise. */
const DEFAULT_DAYS = 30;

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
