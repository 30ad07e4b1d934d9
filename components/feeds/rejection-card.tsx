import { defangText } from "@/components/indicators/defang-text";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatDelta, formatNumber } from "@/components/ui/format-number";
import { TextLink } from "@/components/ui/text-link";

import { reasonLabel } from "./reason-words";
import type { RejectedRow } from "./rejected-rows";

type Reasons = Readonly<Record<string, number>>;
type Props = {
  team: string;
  /** The run whose values are live. */
  run: { id: string; number: number; rejectedByReason: Reasons };
  /** The last good list before that one; null when there is none. */
  before: { number: number; rejectedByReason: Reasons } | null;
  /** A row of each reason. */
  samples: readonly RejectedRow[];
};

/** What of a feed's list became nothing: how many for each reason, how that moved, and a row of each. */
export const RejectionCard = ({ team, run, before, samples }: Props) => (
  <Card>
    <CardHeader
      title="Rejected"
      description={
        before === null
          ? `In run ${formatNumber(run.number)}.`
          : `In run ${formatNumber(run.number)}, against run ${formatNumber(before.number)}.`
      }
    />
    <CardBody className="space-y-3 py-3 text-sm">
      <ul className="space-y-2.5">
        {reasonsOf(run, before).map((code) => {
          const sample = samples.find((row) => row.code === code);
          return (
            <li key={code}>
              <div className="flex items-baseline justify-between gap-3">
                <span>{reasonLabel(code)}</span>
                <span className="tabular-nums">
                  {formatNumber(run.rejectedByReason[code] ?? 0)}
                  {before !== null && <Change count={changeOf(code, run, before)} />}
                </span>
              </div>
              {sample && (
                <code className="text-muted block truncate font-mono text-xs" title={defangText(sample.raw)}>
                  {formatNumber(sample.line)}: {defangText(sample.raw)}
                </code>
              )}
            </li>
          );
        })}
      </ul>
      <TextLink href={`/t/${team}/runs/${run.id}`}>All rejected rows</TextLink>
    </CardBody>
  </Card>
);

const Change = ({ count }: { count: number }) => (
  <span className={count > 0 ? "text-danger ml-2" : "text-muted ml-2"}>
    {count === 0 ? "±0" : formatDelta(count)}
  </span>
);

type Rejected = { rejectedByReason: Reasons };

const changeOf = (code: string, run: Rejected, before: Rejected): number =>
  (run.rejectedByReason[code] ?? 0) - (before.rejectedByReason[code] ?? 0);

/** The most frequent first; what is no longer there comes last. */
const reasonsOf = (run: Rejected, before: Rejected | null): string[] =>
  [...new Set([...Object.keys(run.rejectedByReason), ...Object.keys(before?.rejectedByReason ?? {})])].sort(
    (one, other) => (run.rejectedByReason[other] ?? 0) - (run.rejectedByReason[one] ?? 0),
  );
