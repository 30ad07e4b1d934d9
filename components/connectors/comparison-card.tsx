import type { ReactNode } from "react";

import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { RefreshWhile } from "@/components/live/refresh-while";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkTabs, type LinkTab } from "@/components/ui/link-tabs";
import { RelativeTime } from "@/components/ui/relative-time";
import type { Comparison } from "@/lib/domain/delivery/comparison";
import { DRIFT_KINDS, type DriftKind } from "@/lib/domain/delivery/drift-choices";

import { DRIFT_KIND_LABELS } from "./drift-words";

type Props = {
  /** Null: not yet. */
  comparedAt: Date | null;
  comparison: Comparison;
  /** Why the last try failed. */
  problem: string | null;
  counts: Readonly<Record<DriftKind | "ignored" | "decided", number>>;
  everyMinutes: number;
  /** While it is paused nothing is compared. */
  isPaused: boolean;
  /** Nothing is put right before somebody decides. */
  isAsked: boolean;
  /** The kind that is shown alone; null: all. */
  kind: DriftKind | null;
  /** The page's own address. */
  path: string;
  /** What Sentinel had not published again for long, and was sent again; null for elsewhere, or never. */
  refresh: { at: Date; count: number } | null;
  /** Has it compared now; null for who may not. */
  compare: { action: FormAction; values: Readonly<Record<string, string>> } | null;
  children?: ReactNode;
};

const REFRESH_MS = 2_000;

/** Whether what stands at a destination is still what was sent, by the last comparison, and how the next one stands. */
export const ComparisonCard = (props: Props) => {
  const { comparedAt, comparison, problem, counts, isPaused, refresh, compare, children } = props;
  const open = openOf(props);
  const isUnderWay = comparison.state !== "idle";
  const isFirstToCome = comparedAt === null && problem === null;
  return (
    <Card>
      <RefreshWhile isOpen={(isUnderWay || isFirstToCome) && !isPaused} everyMs={REFRESH_MS} />
      <CardHeader
        title="Drift"
        description={<When {...props} />}
        actions={
          compare && (
            <ActionButton
              action={compare.action}
              values={compare.values}
              size="sm"
              disabled={isUnderWay || isPaused}
            >
              {comparison.state === "running" ? "Comparing" : "Compare now"}
            </ActionButton>
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
            Somebody changed or removed {open === 1 ? "it" : "them"} at Microsoft outside Sluice.{" "}
            {nextOf(props, open)}
          </Callout>
        )}
        {isFirstToCome && <p className="text-sm">{FIRST}</p>}
        {open + counts.ignored === 0 && comparedAt !== null && (
          <p className="text-sm">
            {comparison.found?.standing === 0
              ? "When that was compared, nothing of this connector’s stood there: what was sent since is read with the next comparison."
              : `Everything stands as sent${comparison.found === null ? "" : `: ${formatCount(comparison.found.standing, "record")}`}.`}{" "}
            What somebody changes or removes at Microsoft is listed here after the next comparison.
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

const FIRST =
  "What somebody changes or removes at Microsoft is listed here, and what this application made there that nobody here knows of.";

const openOf = ({ counts }: Props): number => DRIFT_KINDS.reduce((sum, kind) => sum + counts[kind], 0);

/** When it was compared, or is, or will be. */
const When = ({ comparedAt, comparison, everyMinutes, isPaused }: Props) => {
  const every = `every ${formatNumber(everyMinutes)} minutes`;
  const { state, since, askedBy } = comparison;
  if (isPaused)
    return comparedAt === null ? (
      "Not compared yet: it is paused. The first comparison comes once it goes on."
    ) : (
      <>
        Compared <RelativeTime at={comparedAt} /> with what was sent; not while it is paused.
      </>
    );
  if (state === "running" && since !== null)
    return (
      <>
        What stands there is being read and compared with what was sent, since <RelativeTime at={since} />.
      </>
    );
  if (state === "asked")
    return `${askedBy ?? "Somebody"} asked for a comparison: it starts as soon as nothing is being sent there.`;
  if (comparedAt === null)
    return `Not compared yet. The first comparison comes within a minute, then ${every}.`;
  return (
    <>
      Compared <RelativeTime at={comparedAt} /> with what was sent, and {every}.
    </>
  );
};

const nextOf = ({ counts, isAsked }: Props, open: number): string => {
  if (!isAsked)
    return "The next plan puts that right, each with its reason, unless somebody adopts or ignores it.";
  const waiting = open - counts.decided;
  const decided =
    counts.decided === 0
      ? ""
      : `${formatNumber(counts.decided)} ${counts.decided === 1 ? "is" : "are"} to be put right by the next plan.`;
  if (waiting === 0) return decided;
  return `${formatNumber(waiting)} ${waiting === 1 ? "waits" : "wait"} for a decision. ${decided}`;
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
