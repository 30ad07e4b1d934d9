import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from "lucide-react";

import { Callout } from "./callout";
import { outcomesOf, sayOutcome, type Outcome, type ShownCheck } from "./check-outcome";

type Props = {
  checks: readonly ShownCheck[];
  /** What the test left alone, in a sentence. */
  assurance: string;
  /** The name of a last check that can fail while all else works. */
  lastAlone?: string;
};

/** Each check of a connection by its name, what was found, and what to do about it. */
export const CheckList = ({ checks, assurance, lastAlone }: Props) => {
  const { tone, title, why } = sayOutcome(checks, lastAlone);
  const outcomes = outcomesOf(checks);
  return (
    <div className="space-y-3">
      <Callout tone={tone} title={title} role="status">
        {why} {assurance}
      </Callout>
      <ul aria-label="Checks" className="divide-line divide-y rounded-lg border">
        {checks.map(({ name, detail, fix }, place) => {
          const outcome = outcomes[place] ?? "not tried";
          return (
            <li key={name} className="flex gap-3 px-3 py-2.5 text-sm">
              <CheckIcon outcome={outcome} />
              <div className="min-w-0">
                <p className="font-medium">
                  {name} <span className="text-muted font-normal">{WORDS[outcome]}</span>
                </p>
                <p className="text-muted break-words">{detail}</p>
                {fix !== "" && outcome !== "not tried" && <p className="mt-1 break-words">{fix}</p>}
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
};

const WORDS: Readonly<Record<Outcome, string>> = {
  ...{ passed: "passed", "to look at": "passed, but look at it", failed: "failed", "not tried": "not tried" },
};

const CheckIcon = ({ outcome }: { outcome: Outcome }) => {
  const size = "mt-0.5 size-4 shrink-0";
  if (outcome === "passed") return <CircleCheck aria-hidden className={`text-success ${size}`} />;
  if (outcome === "to look at") return <TriangleAlert aria-hidden className={`text-warning ${size}`} />;
  if (outcome === "failed") return <CircleX aria-hidden className={`text-danger ${size}`} />;
  return <CircleDashed aria-hidden className={`text-muted ${size}`} />;
};
