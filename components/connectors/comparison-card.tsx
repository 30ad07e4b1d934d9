import type { ReactNode } from "react";

import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkTabs, type LinkTab } from "@/components/ui/link-tabs";
import { RelativeTime } from "@/components/ui/relative-time";
import { DRIFT_KINDS, type DriftKind } from "@/lib/domain/delivery/drift-choices";

import { DRIFT_KIND_LABELS } from "./drift-words";

type Props = {
  /** Null: not yet. */
  comparedAt: Date | null;
  /** Why the last try failed. */
  problem: string | null;
  counts: Readonly<Record<DriftKind | "ignored", number>>;
  everyMinutes: number;
  /** Nothing is put right before somebody decides. */
  isAsked: boolean;
  /** The kind that is shown alone; null: all. */
  kind: DriftKind | null;
  /** The page's own address. */
  path: string;
  /** What Sentinel had not published again for long, and was sent again; null for elsewhere, or never. */
  refresh: { at: Date; count: number } | null;
  children?: ReactNode;
};

/** Whether what stands at a destination is still what was sent, by the last comparison. */
export const ComparisonCard = (props: Props) => {
  const { comparedAt, problem, counts, everyMinutes, isAsked, refresh, children } = props;
  const open = DRIFT_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  const every = `every ${formatNumber(everyMinutes)} minutes`;
  return (
    <Card>
      <CardHeader
        title="Drift"
        description={
          comparedAt === null ? (
            `What stands there is compared with what was sent ${every}; not yet done.`
          ) : (
            <>
              Compared <RelativeTime at={comparedAt} /> with what was sent, and {every}.
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
        {open > 0 && (
          <Callout
            tone="warning"
            title={`${formatCount(open, "record")} ${open === 1 ? "is" : "are"} not as sent.`}
            role="note"
          >
            Somebody changed or removed them at Microsoft outside Sluice.{" "}
            {isAsked
              ? "They wait for a decision."
              : "The next plan puts them right, each with its reason, unless somebody adopts or ignores them."}
          </Callout>
        )}
        {open + counts.ignored === 0 && comparedAt !== null && (
          <p className="text-sm">
            Everything stands as sent. What somebody changes or removes at Microsoft is listed here after the
            next comparison.
          </p>
        )}
        {refresh !== null && (
          <p className="text-sm">
            {formatCount(refresh.count, "record")} that Sentinel had not published again for 12 days{" "}
            {refresh.count === 1 ? "was" : "were"} sent again as{" "}
            {refresh.count === 1 ? "it stands" : "they stand"} <RelativeTime at={refresh.at} />.
          </p>
        )}
        {open + counts.ignored > 0 && <LinkTabs label="What happened" tabs={tabsOf(props, open)} />}
        {children}
      </CardBody>
    </Card>
  );
};

const tabsOf = ({ counts, kind, path }: Props, open: number): LinkTab[] => [
  { href: path, label: "All", count: open + counts.ignored, isCurrent: kind === null },
  ...DRIFT_KINDS.filter((one) => counts[one] > 0 || one === kind).map((one) => ({
    href: `${path}?drift=${one}`,
    label: DRIFT_KIND_LABELS[one],
    count: counts[one],
    isCurrent: kind === one,
  })),
];

/** Says plainly that nothing can be read back. */
export const UnreadableCard = ({ editHref }: { editHref: ReactNode }) => (
  <Card>
    <CardHeader title="Drift" description="What stands there cannot be compared with what was sent." />
    <CardBody>
      <Callout
        tone="info"
        title="Nothing can be read back from this workspace."
        role="note"
        action={editHref}
      >
        Without its subscription, resource group and workspace name, Sluice cannot ask Sentinel what stands
        there. What somebody changes or removes there stays unnoticed, receipts end at “accepted”, and what
        Sentinel does not publish again is not sent again.
      </Callout>
    </CardBody>
  </Card>
);
