"use client";

import type { ReactNode } from "react";

import { ActionButton } from "@/components/forms/action-button";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { useSelection } from "@/components/indicators/selection";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { Textarea } from "@/components/ui/textarea";

import { sayElsewhere } from "./drift-words";

type BarProps = {
  action: FormAction;
  /** Team and connector. */
  values: Readonly<Record<string, string>>;
  /** How many wait for a decision: what is meant while none is chosen. */
  waiting: number;
  mayAdopt: boolean;
};

/** Decides about the drifted records that are chosen, or about all that wait. */
export const DriftBar = ({ action, values, waiting, mayAdopt }: BarProps) => {
  const { of, words } = useChosen("indicatorIds", waiting);
  if (words === null) return null;
  const sent = { ...values, ...of };
  return (
    <Bar words={words}>
      <ActionButton action={action} values={{ ...sent, choice: "restore" }} size="sm">
        Put right
      </ActionButton>
      {mayAdopt && (
        <ConfirmDialog
          trigger="Adopt"
          size="sm"
          variant="secondary"
          isDangerous={false}
          title="Make how they stand at Microsoft what your team wants there?"
          confirmLabel="Adopt"
          action={action}
          values={{ ...sent, choice: "adopt" }}
          fields={
            <Field name="reason" label="Reason" hint="Kept with each of them, and in the audit." required>
              <Textarea rows={2} />
            </Field>
          }
        >
          <p>
            Action, severity, end and words that somebody changed hold for these records at this connector
            from now on, whatever rules say. What was removed or ended there stays away, unless another team
            wants it there. It stands until somebody lifts it.
          </p>
          <p>
            What would not last is not adopted, and the answer says why: another team or connector wants the
            record stricter or longer, or its words are longer than what Sluice sends.
          </p>
        </ConfirmDialog>
      )}
      <ActionButton action={action} values={{ ...sent, choice: "ignore" }} size="sm">
        Ignore
      </ActionButton>
    </Bar>
  );
};

/** Decides about records that nobody here knows of. `elsewhere`: the team's other connectors, by name. */
export const StrangerBar = (props: BarProps & { elsewhere: readonly string[] }) => {
  const { action, values, waiting, mayAdopt, elsewhere } = props;
  const { of, words, count } = useChosen("remoteIds", waiting);
  if (words === null) return null;
  const sent = { ...values, ...of };
  return (
    <Bar words={words}>
      {mayAdopt && (
        <ConfirmDialog
          trigger="Adopt"
          size="sm"
          variant="secondary"
          isDangerous={false}
          title={`Make ${formatCount(count, "record")} your team’s own?`}
          confirmLabel="Adopt"
          action={action}
          values={{ ...sent, choice: "adopt" }}
          fields={
            <Field name="reason" label="Reason" hint="Kept in the audit, for whoever asks later." required>
              <Textarea rows={2} />
            </Field>
          }
        >
          <p>
            {count === 1 ? "Its value joins" : "Their values join"} your team’s own list with action,
            severity, end and words as they stand there, as if somebody had added{" "}
            {count === 1 ? "it" : "them"} by hand. From the next plan on {count === 1 ? "it is" : "they are"}{" "}
            looked after here.
          </p>
          <p>{sayElsewhere(elsewhere)}</p>
        </ConfirmDialog>
      )}
      <ActionButton action={action} values={{ ...sent, choice: "remove" }} size="sm">
        Mark to remove
      </ActionButton>
      <ActionButton action={action} values={{ ...sent, choice: "ignore" }} size="sm">
        Ignore
      </ActionButton>
    </Bar>
  );
};

const useChosen = (
  field: string,
  waiting: number,
): { of: Readonly<Record<string, string>>; words: string | null; count: number } => {
  const { chosen } = useSelection();
  if (chosen.size > 0)
    return {
      of: { [field]: [...chosen].join(",") },
      words: `${formatNumber(chosen.size)} selected`,
      count: chosen.size,
    };
  if (waiting === 0) return { of: {}, words: null, count: 0 };
  const words = waiting === 1 ? "The one that waits" : `All ${formatNumber(waiting)} that wait`;
  return { of: {}, words, count: waiting };
};

const Bar = ({ words, children }: { words: string; children: ReactNode }) => (
  <div
    role="group"
    aria-label="Decide"
    className="border-accent-line bg-accent-tint flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border px-3 py-2"
  >
    <p className="text-sm font-medium tabular-nums" role="status">
      {words}
    </p>
    <span className="flex flex-wrap items-start gap-2 sm:ml-auto">{children}</span>
  </div>
);
