import { CircleCheck, CircleDashed, CircleX } from "lucide-react";

import { Callout } from "./callout";

export type ShownCheck = { name: string; ok: boolean; detail: string; fix: string };

type Props = {
  checks: readonly ShownCheck[];
  /** What the test left alone, in a sentence. */
  assurance: string;
};

/** Each check of a connection by its name, what was found, and what to do about a failed one. */
export const CheckList = ({ checks, assurance }: Props) => {
  const failed = checks.findIndex(({ ok }) => !ok);
  const [title, why] = sayOutcome(failed, checks.length);
  return (
    <div className="space-y-3">
      <Callout tone={failed === -1 ? "success" : "danger"} title={title} role="status">
        {why} {assurance}
      </Callout>
      <ul aria-label="Checks" className="divide-line divide-y rounded-lg border">
        {checks.map(({ name, ok, detail, fix }, place) => (
          <li key={name} className="flex gap-3 px-3 py-2.5 text-sm">
            <CheckIcon outcome={outcomeOf(ok, place === failed)} />
            <div className="min-w-0">
              <p className="font-medium">
                {name} <span className="text-muted font-normal">{outcomeOf(ok, place === failed)}</span>
              </p>
              <p className="text-muted break-words">{detail}</p>
              {fix !== "" && (ok || place === failed) && <p className="mt-1 break-words">{fix}</p>}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
};

const sayOutcome = (failed: number, count: number): [title: string, why: string] => {
  if (failed === -1) return ["The connection works.", "Every check passed."];
  if (failed > 0 && failed === count - 1) return ["The last check failed.", "Those before it passed."];
  return ["The connection does not work yet.", "See the failed check: the later ones depend on it."];
};

type Outcome = "passed" | "failed" | "not tried";

/** The test ends with the first check that fails. */
const outcomeOf = (ok: boolean, isFailed: boolean): Outcome =>
  ok ? "passed" : isFailed ? "failed" : "not tried";

const CheckIcon = ({ outcome }: { outcome: Outcome }) => {
  const size = "mt-0.5 size-4 shrink-0";
  if (outcome === "passed") return <CircleCheck aria-hidden className={`text-success ${size}`} />;
  if (outcome === "failed") return <CircleX aria-hidden className={`text-danger ${size}`} />;
  return <CircleDashed aria-hidden className={`text-muted ${size}`} />;
};
