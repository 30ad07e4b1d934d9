import type { ReactNode } from "react";

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
  everyMinutes: number;
  /** Nothing is put right before somebody decides. */
  isAsked: boolean;
  strangers: number;
  children?: ReactNode;
};

/** Whether what stands at a destination is still what was sent, by the last comparison. */
export const ComparisonCard = ({
  comparedAt,
  problem,
  drift,
  everyMinutes,
  isAsked,
  strangers,
  children,
}: Props) => {
  const { removed, changed } = drift;
  const total = removed + changed;
  return (
    <Card>
      <CardHeader
        title="Drift"
        description={
          comparedAt === null ? (
            `What stands there is compared with what was sent every ${formatNumber(everyMinutes)} minutes; not yet done.`
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
            {problem} It is tried again; nothing is concluded from it.
          </Callout>
        )}
        {total > 0 ? (
          <Callout
            tone="warning"
            title={`${formatCount(total, "record")} ${total === 1 ? "is" : "are"} not as sent.`}
            role="note"
          >
            {formatNumber(removed)} removed and {formatNumber(changed)} changed at Microsoft outside Sluice.{" "}
            {isAsked
              ? "They wait for a decision."
              : "The next plan adds and changes them back, each with its reason. Who does not want that leaves them as they are, or withdraws the indicator."}
          </Callout>
        ) : (
          comparedAt !== null && <p className="text-sm">Everything stands as sent.</p>
        )}
        {strangers > 0 && (
          <p className="text-sm">
            {formatCount(strangers, "record")} of this application {strangers === 1 ? "is" : "are"} there that
            Sluice knows nothing of. They are never touched: one that the team adds is taken over by the next
            plan; the others can be removed in Microsoft’s portal.
          </p>
        )}
        {children}
      </CardBody>
    </Card>
  );
};
