"use client";

import { ShieldQuestion } from "lucide-react";
import { useActionState, startTransition } from "react";

import { askAction } from "@/components/forms/ask-action";
import type { FormAction } from "@/components/forms/form-action";
import { Button } from "@/components/ui/button";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { IDLE, type ActionState } from "@/lib/actions/state";
import { defang } from "@/lib/domain/indicator/defang";

import { parseRecallReach, type RecallReach } from "./recall-reach-answer";

const SHOWN = 5;

/** Says what the recall that stands in the form would take back, before a person does it. */
export const RecallReachButton = ({ action }: { action: FormAction }) => {
  const [answer, ask, isPending] = useActionState(
    (_before: ActionState, form: FormData): Promise<ActionState> => askAction(action, form, "The question"),
    IDLE,
  );
  const reach = answer.status === "done" ? parseRecallReach(answer.data) : null;
  return (
    <div className="space-y-2">
      <Button
        size="sm"
        disabled={isPending}
        onClick={({ currentTarget: { form } }) => {
          if (form === null) return;
          const data = new FormData(form);
          startTransition(() => {
            ask(data);
          });
        }}
      >
        <ShieldQuestion aria-hidden />
        What would it take back?
      </Button>
      <div role="status" className="text-sm">
        {answer.status === "invalid" && (
          <p className="text-danger">{Object.values(answer.fields).flat()[0] ?? answer.message}</p>
        )}
        {answer.status === "failed" && <p className="text-danger">{answer.message}</p>}
        {reach !== null && <ReachWords reach={reach} />}
      </div>
    </div>
  );
};

const ReachWords = ({ reach: { matched, isPartial, samples, destinations } }: { reach: RecallReach }) => {
  if (matched === 0 && !isPartial)
    return (
      <p>
        Nothing that is live now. A recall still keeps it out: no feed brings it in while the recall stands.
      </p>
    );
  const where =
    destinations.length === 0
      ? "None of them stands at a destination."
      : `Of them stand ${destinations.map(({ connector, count }) => `${formatNumber(count)} at ${connector}`).join(", ")}.`;
  return (
    <>
      <p>
        {isPartial && "At least "}
        {formatCount(matched, "live indicator")}. {where}
      </p>
      <ul className="text-muted mt-1 font-mono text-xs">
        {samples.slice(0, SHOWN).map(({ id, type, value }) => (
          <li key={id} className="break-all">
            {defang(type, value)}
          </li>
        ))}
        {matched > SHOWN && (
          <li className="font-sans">and {formatNumber(matched - Math.min(SHOWN, samples.length))} more</li>
        )}
      </ul>
    </>
  );
};
