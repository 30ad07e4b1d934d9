import type { ChangedValue, FieldChange } from "@/components/proposals/change-table";
import { actionWords } from "@/lib/domain/connector/actions";
import { defang } from "@/lib/domain/indicator/defang";
import { TLP_LABELS, tlpFromCode } from "@/lib/domain/indicator/types";
import { utcMinute } from "@/lib/domain/utc";
import type { ProposalItem } from "@/lib/services/proposals/list-proposals";

/** One value of a proposal in words: where it stands, and each field before and after. */
export const toChangedValue = ({
  line,
  type,
  value,
  before,
  after,
  isStale,
}: ProposalItem): ChangedValue => ({
  ...{ line, type, live: value, defanged: defang(type, value), isStale },
  standing: describeStanding(before),
  changes: after === null ? fieldsOf(before.entry, null) : fieldsOf(before.entry, toEntry(after)),
  isWithdrawn: after === null,
});

type Before = ProposalItem["before"];
type Entry = NonNullable<Before["entry"]>;

const toEntry = (after: NonNullable<ProposalItem["after"]>) => ({
  ...after,
  confidence: after.confidence ?? null,
  tlp: after.tlp === undefined ? null : TLP_LABELS[after.tlp],
  validUntil: after.validUntil == null ? null : new Date(after.validUntil),
});

const describeStanding = ({ isActive, entry, withdrawnBecause, feeds }: Before): string => {
  if (withdrawnBecause !== null) return `Withdrawn: ${withdrawnBecause}`;
  const others =
    feeds.length === 0 ? "" : ` ${feeds.join(", ")} vouch${feeds.length === 1 ? "es" : ""} for it.`;
  if (entry !== null) return `In the team’s own list.${others}`;
  return isActive ? `Not in the team’s own list.${others}` : "Not there.";
};

const fieldsOf = (before: Entry | null, after: ReturnType<typeof toEntry> | null): FieldChange[] => {
  const old = before && { ...before, tlp: TLP_LABELS[tlpFromCode(before.tlp)] };
  const words = (entry: typeof old | typeof after) =>
    entry === null
      ? null
      : {
          Confidence: entry.confidence === null ? null : String(entry.confidence),
          TLP: entry.tlp,
          "Valid until": entry.validUntil === null ? "no end" : utcMinute(entry.validUntil),
          Action: entry.action ? actionWords(entry.action) : "as each connector says",
          Severity: entry.severity ?? "as each connector says",
          Tags: entry.tags.length === 0 ? "none" : [...entry.tags].sort().join(", "),
          Comment: entry.comment === "" ? "none" : entry.comment,
        };
  const [was, will] = [words(old), words(after)];
  return FIELDS.map((field) => ({ field, before: was?.[field] ?? null, after: will?.[field] ?? null }));
};

const FIELDS = ["Confidence", "TLP", "Valid until", "Action", "Severity", "Tags", "Comment"] as const;
