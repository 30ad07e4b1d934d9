import { formatCount, formatNumber } from "@/components/ui/format-number";
import { formatDuration } from "@/components/ui/format-time";
import { KeyValueList } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { paceOf } from "@/lib/domain/delivery/push-pace";

type Props = {
  push: Parameters<typeof paceOf>[0];
  /** How many of the accepted ones were seen there since. */
  visible: number;
  /** Whether anybody can look there. */
  isReadable: boolean;
};

/** A push that has ended, in figures: how long, how fast, and how much of it was seen there. */
export const PushFacts = ({ push, visible, isReadable }: Props) => {
  const pace = paceOf(push);
  if (pace === null) return null;
  const { accepted } = push.counts;
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
        {
          label: "Seen there",
          value:
            accepted === 0 ? null : `${formatNumber(visible)} of ${formatCount(accepted, "accepted one")}`,
          hint: isReadable
            ? "By reading back; what a later push holds is told with that one."
            : "Nothing can be read back here: the connector lacks the Azure names.",
        },
      ]}
    />
  );
};
