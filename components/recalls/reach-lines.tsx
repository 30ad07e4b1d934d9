import { formatCount, formatNumber } from "@/components/ui/format-number";
import type { ActionState } from "@/lib/actions/state";

import { sayOnItsWay } from "./on-its-way-words";
import { parseReach, STAYING, TAKEN_BACK, type ShownReach } from "./shown-reach";

type Props = {
  reach: { answer: ActionState; isPending: boolean };
  /** What is said where no destination is touched. */
  none: string;
};
type Line = ShownReach["lines"][number];

/** What an act would do at each destination, once that is known, and how it goes on there. */
export const ReachLines = ({ reach: { answer, isPending }, none }: Props) => (
  <div role="status" className="text-ink">
    <Answer answer={answer} isPending={isPending} none={none} />
  </div>
);

const Answer = ({ answer, isPending, none }: Props["reach"] & { none: string }) => {
  if (isPending) return <p>Counting what it would do at each destination …</p>;
  if (answer.status === "failed") return <p className="text-danger">{answer.message}</p>;
  const reach = answer.status === "done" ? parseReach(answer.data) : null;
  if (reach === null) return null;
  const lines = reach.lines.filter(
    ({ counts, onItsWay = 0 }) => onItsWay > 0 || counts.some(({ count }) => count > 0),
  );
  return (
    <>
      {reach.returning !== undefined && (
        <p>
          {formatCount(reach.returning, "indicator")} of your team{" "}
          {reach.returning === 1 ? "becomes" : "become"} active again, unless a list keeps{" "}
          {reach.returning === 1 ? "it" : "them"} in.
        </p>
      )}
      {lines.length === 0 ? (
        <p>{none}</p>
      ) : (
        <ul className="list-disc space-y-1 pl-5">
          {lines.map((line) => (
            <li key={line.connectorId}>
              <span className="font-medium">{line.connector}</span>: {sayCounts(line)}.{" "}
              {sayHow(line, reach.isUnplanned === true)}
              {line.onItsWay !== undefined && line.onItsWay > 0 && ` ${sayOnItsWay(line.onItsWay)}`}
            </li>
          ))}
        </ul>
      )}
      {reach.elsewhere !== undefined && <p>{sayElsewhere(reach.elsewhere)}</p>}
    </>
  );
};

const sayElsewhere = ({ teams, remove, onItsWay }: NonNullable<ShownReach["elsewhere"]>): string =>
  teams === 0
    ? "No other team takes this feed."
    : `${formatCount(teams, "other team")} ${teams === 1 ? "takes" : "take"} this feed: ${formatNumber(remove)} more would be taken back there, if you choose that below.${onItsWay === 0 ? "" : ` ${sayOnItsWay(onItsWay)}`}`;

const sayCounts = ({ counts }: Line): string =>
  counts
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${formatNumber(count)} ${word}`)
    .join(", ") || "nothing of it stands there yet";

const sayHow = ({ mode, enabled, counts }: Line, isUnplanned: boolean): string => {
  if (counts.every(({ word, count }) => count === 0 || word === STAYING)) return "";
  if (!enabled) return sayPaused(counts);
  if (mode === "automatic") return "It applies that by itself, within its limits.";
  return isUnplanned
    ? "Then somebody has to plan there, look and apply."
    : "A plan waits there for somebody to look and apply.";
};

const sayPaused = (counts: Line["counts"]): string =>
  counts.some(({ word, count }) => count > 0 && word === TAKEN_BACK)
    ? "It is paused: a plan that takes this back and brings nothing waits there, and may be applied all the same."
    : "It is paused: nothing happens there before somebody resumes it.";
