import { formatCount, formatNumber } from "@/components/ui/format-number";
import { formatDuration } from "@/components/ui/format-time";
import { KeyValueList } from "@/components/ui/key-value";
import { lowerFirst } from "@/components/ui/lower-first";
import { RelativeTime } from "@/components/ui/relative-time";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import { paceOf } from "@/lib/domain/delivery/push-pace";

type Props = {
  push: Parameters<typeof paceOf>[0];
  /** How many of the accepted ones were seen there since, and of the removed ones to be gone; `unconfirmed`: not seen to be gone. */
  seen: Seen;
  /** Whether anybody can look there. */
  isReadable: boolean;
};
type Seen = { visible: number; gone: number; unconfirmed: number };

/** A push that has ended, in figures: how long, how fast, and how much of it was seen, there or gone. */
export const PushFacts = ({ push, seen, isReadable }: Props) => {
  const pace = paceOf(push);
  if (pace === null) return null;
  const { accepted, removed } = push.counts;
  const hint = isReadable ? BY_READING : NOT_READABLE;
  return (
    <KeyValueList
      className="mt-4"
      columns={2}
      entries={[
        { label: "Ended", value: <RelativeTime at={push.finishedAt} /> },
        {
          label: "It took",
          value: formatDuration(pace.tookMs),
          hint: "From its start, waits included.",
        },
        {
          label: "Pace",
          value: pace.aMinute === null ? null : `${formatCount(pace.aMinute, "indicator")} a minute`,
        },
        ...(accepted > 0 || removed === 0
          ? [{ label: OUTCOME_WORDS.visible, value: visibleWords(seen, accepted), hint }]
          : []),
        ...(removed > 0
          ? [
              {
                label: OUTCOME_WORDS.gone,
                value: isReadable ? goneWords(seen, removed) : unseenWords(removed),
                hint,
              },
            ]
          : []),
      ]}
    />
  );
};

const BY_READING = "By reading back; what a later push holds is told with that one.";
const NOT_READABLE = "Nothing can be read back here: the connector lacks the Azure names.";

const visibleWords = ({ visible }: Seen, accepted: number): string | null =>
  accepted === 0 ? null : `${formatNumber(visible)} of ${formatCount(accepted, "accepted one")}`;

const unseenWords = (removed: number): string => `${formatNumber(removed)} accepted; nobody can see it`;

const goneWords = ({ gone, unconfirmed }: Seen, removed: number): string => {
  const seen = `${formatNumber(gone)} of ${formatCount(removed, "removed one")}`;
  return unconfirmed === 0
    ? seen
    : `${seen}; ${formatNumber(unconfirmed)} ${lowerFirst(OUTCOME_WORDS.unconfirmed)}`;
};
