import { CircleCheck, CircleX } from "lucide-react";

import { Callout } from "./callout";

export type ShownCheck = { name: string; ok: boolean; detail: string; fix: string };

type Props = {
  checks: readonly ShownCheck[];
  /** What the test left alone, in a sentence. */
  assurance: string;
};

/** Each check of a connection by its name, what was found, and what to do about a failed one. */
export const CheckList = ({ checks, assurance }: Props) => {
  const failed = checks.filter(({ ok }) => !ok).length;
  return (
    <div className="space-y-3">
      <Callout
        tone={failed === 0 ? "success" : "danger"}
        title={failed === 0 ? "The connection works." : "The connection does not work yet."}
        role="status"
      >
        {failed === 0 ? "Every check passed." : "See the first failed check: the later ones depend on it."}{" "}
        {assurance}
      </Callout>
      <ul aria-label="Checks" className="divide-line divide-y rounded-lg border">
        {checks.map(({ name, ok, detail, fix }) => (
          <li key={name} className="flex gap-3 px-3 py-2.5 text-sm">
            {ok ? (
              <CircleCheck aria-hidden className="text-success mt-0.5 size-4 shrink-0" />
            ) : (
              <CircleX aria-hidden className="text-danger mt-0.5 size-4 shrink-0" />
            )}
            <div className="min-w-0">
              <p className="font-medium">
                {name} <span className="text-muted font-normal">{ok ? "passed" : "failed"}</span>
              </p>
              <p className="text-muted break-words">{detail}</p>
              {fix !== "" && <p className="mt-1 break-words">{fix}</p>}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
};
