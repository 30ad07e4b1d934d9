import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { RelativeTime } from "@/components/ui/relative-time";

type Props = {
  /** Null: not yet. */
  comparedAt: Date | null;
  /** Why the last try failed. */
  problem: string | null;
  drift: { removed: number; changed: number };
};

/** Whether what stands at a destination is still what was sent, by the last comparison. */
export const ComparisonCard = ({ comparedAt, problem, drift }: Props) => {
  const { removed, changed } = drift;
  const total = removed + changed;
  return (
    <Card>
      <CardHeader
        title="Drift"
        description={
          comparedAt === null ? (
            "What stands there is compared with what was sent every hour; not yet done."
          ) : (
            <>
              Compared with what was sent <RelativeTime at={comparedAt} />.
            </>
          )
        }
      />
      <CardBody className="space-y-3">
        {problem !== null && (
          <Callout tone="warning" title="The last comparison failed." role="note">
            {problem} It is tried again within the hour; nothing is concluded from it.
          </Callout>
        )}
        {total > 0 ? (
          <Callout
            tone="warning"
            title={`${formatCount(total, "record")} ${total === 1 ? "is" : "are"} not as sent.`}
            role="note"
          >
            {formatNumber(removed)} removed and {formatNumber(changed)} changed at Microsoft outside Sluice.
            The next plan adds and changes them back, each with its reason. Who does not want that withdraws
            the indicator here.
          </Callout>
        ) : (
          comparedAt !== null && <p className="text-sm">Everything stands as sent.</p>
        )}
      </CardBody>
    </Card>
  );
};
