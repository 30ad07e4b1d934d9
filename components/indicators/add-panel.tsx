"use client";

import { ClipboardPaste } from "lucide-react";
import type { ReactNode } from "react";

import { Callout } from "@/components/ui/callout";
import { cn } from "@/components/ui/cn";
import { LiveRegion } from "@/components/ui/live-region";
import type { ActionState } from "@/lib/actions/state";

import type { AddAnswer, AddResult, CheckAnswer, CheckedValue } from "./add-answers";
import { ValueList, type ListedValue } from "./value-list";
import { ValueSummary } from "./value-summary";
import { OUTCOME_LOOKS, VERDICT_LOOKS } from "./verdict-looks";

type Props = {
  team: string;
  added: AddAnswer | null;
  answer: ActionState;
  shown: CheckAnswer | null;
  isPending: boolean;
  /** What to do, before there is anything to show. */
  hint?: ReactNode;
};

/** Beside the box: what the text is while it is typed, and what became of it once it is added. */
export const AddPanel = ({ team, added, answer, shown, isPending, hint = <Hint /> }: Props) => {
  const values =
    added === null
      ? shown?.checked.map(fromChecked)
      : added.results.map((result) => fromResult(team, result));
  const label = added === null ? "Values found" : "Results";
  return (
    <div aria-busy={isPending} className={cn("space-y-3 transition-opacity", isPending && "opacity-60")}>
      {added === null && answer.status === "failed" && (
        <Callout role="alert" tone="danger" title={answer.message} />
      )}
      {values === undefined ? (
        hint
      ) : (
        <>
          <ValueSummary label={`${label}, in numbers`} values={values} />
          <ValueList label={label} values={values} unit={(added ?? shown)?.unit} />
          {(added ?? shown)?.notes.map((note) => (
            <p key={note} className="text-muted text-xs">
              {note}
            </p>
          ))}
        </>
      )}
      <LiveRegion>{added === null && answer.status === "done" ? answer.message : ""}</LiveRegion>
    </div>
  );
};

const Hint = () => (
  <div className="text-muted flex items-start gap-3 py-4 text-sm">
    <ClipboardPaste aria-hidden className="mt-0.5 size-5 shrink-0" />
    <p>
      Paste from a report, a mail or a ticket. Addresses, networks, domains, URLs, e-mail addresses and hashes
      are told apart by themselves, defanged spellings such as{" "}
      <code className="text-ink font-mono">1[.]2[.]3[.]4</code> included.
    </p>
  </div>
);

const fromChecked = ({ line, original, type, value, verdict, note }: CheckedValue): ListedValue => ({
  line,
  original,
  indicator: type === null || value === null ? null : { type, value },
  look: VERDICT_LOOKS[verdict],
  note,
});

export const fromResult = (
  team: string,
  { line, original, id, type, value, outcome, reason, caution }: AddResult,
): ListedValue => ({
  line,
  original,
  indicator: type === null ? null : { type, value },
  look: OUTCOME_LOOKS[outcome],
  note: reason ?? caution,
  ...(id !== null && { href: `/t/${team}/indicators/${id}` }),
});
