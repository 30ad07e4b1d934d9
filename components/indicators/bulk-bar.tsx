"use client";

import { Ban, CalendarClock, Gauge, Shield, Tags, X, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { CheckboxField } from "@/components/forms/choice";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { Button } from "@/components/ui/button";
import { formatNumber } from "@/components/ui/format-number";
import { Input } from "@/components/ui/input";
import { LiveRegion } from "@/components/ui/live-region";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { TLP_LABELS, TLPS } from "@/lib/domain/indicator/types";

import { useSelection } from "./selection";

type Props = {
  team: string;
  /** The list's address as it narrows: what "all that match" means. */
  query: string;
  /** How many rows match, and the count in words when nobody counted to the end. */
  total: { count: number; isExact: boolean; words: string };
  /** How many rows the page shows. */
  pageSize: number;
  /** What the team wants a second person for: many at once cannot wait for one. */
  waits: { edits: boolean; withdrawals: boolean };
  action: FormAction;
};

/** From here on a word must be typed first. */
const MANY = 100;

/** What can be done to what is chosen, with its count; says how to choose all that match. */
export const BulkBar = ({ team, query, total, pageSize, waits, action }: Props) => {
  const { chosen, isAll, chooseAll, clear } = useSelection();
  const count = isAll ? total.count : chosen.size;
  if (count === 0) return <LiveRegion>{""}</LiveRegion>;
  const words = isAll ? total.words : formatNumber(count);
  const values: Record<string, string> = isAll
    ? { team, query, expected: total.isExact ? String(total.count) : "" }
    : { team, ids: [...chosen].join(","), expected: String(count) };
  const shared = { values, action, words, isMany: count > MANY, isOne: count === 1 };
  return (
    <div
      role="group"
      aria-label="Selection"
      className="border-accent-line bg-accent-tint mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border px-3 py-2"
    >
      <p className="text-sm font-medium tabular-nums" role="status">
        {isAll ? `All ${words} that match are selected` : `${words} selected`}
      </p>
      {!isAll && chosen.size >= pageSize && total.count > chosen.size && (
        <Button size="sm" onClick={chooseAll}>
          Select all {total.words} that match
        </Button>
      )}
      <span className="flex flex-wrap items-center gap-2 sm:ml-auto">
        {!waits.withdrawals && <WithdrawDialog {...shared} />}
        {!waits.edits && CHANGES.map((change) => <ChangeDialog key={change.name} of={shared} {...change} />)}
        <Button size="sm" variant="ghost" onClick={clear}>
          <X aria-hidden />
          Clear selection
        </Button>
      </span>
      {(waits.edits || waits.withdrawals) && (
        <p className="text-muted w-full text-sm">{explainWait(waits)}</p>
      )}
    </div>
  );
};

const explainWait = ({ edits, withdrawals }: Props["waits"]): string => {
  const what = edits && withdrawals ? "changing or withdrawing" : edits ? "changing" : "withdrawing";
  return `Your team asks for a second person, and ${what} many at once cannot wait for one. Import the values as a file or take them one by one: that waits for approval.`;
};

type DialogProps = {
  values: Readonly<Record<string, string>>;
  action: FormAction;
  words: string;
  isMany: boolean;
  isOne: boolean;
};

const nounOf = ({ words, isOne }: DialogProps): string => `${words} ${isOne ? "indicator" : "indicators"}`;

const WithdrawDialog = (props: DialogProps) => (
  <ConfirmDialog
    trigger={
      <>
        <Ban aria-hidden />
        Withdraw
      </>
    }
    size="sm"
    title={`Withdraw ${nounOf(props)}?`}
    confirmLabel="Withdraw them"
    action={props.action}
    values={{ ...props.values, action: "withdraw" }}
    typedWord={props.isMany ? "withdraw" : undefined}
    fields={
      <Field name="reason" label="Reason" hint="Kept in the audit, for whoever asks later." required>
        <Textarea rows={2} />
      </Field>
    }
  >
    <p>
      Your team’s claims end, and no feed brings them back until somebody lifts it. The next plan of each
      connector removes them.
    </p>
    <UndoNote />
  </ConfirmDialog>
);

type Change = { name: string; icon: LucideIcon; label: string; fields: ReactNode; explain: string };

const ChangeDialog = ({ of, name, icon: Icon, label, fields, explain }: Change & { of: DialogProps }) => (
  <ConfirmDialog
    trigger={
      <>
        <Icon aria-hidden />
        {label}
      </>
    }
    size="sm"
    title={`Change ${nounOf(of)}?`}
    confirmLabel="Change them"
    isDangerous={false}
    action={of.action}
    values={{ ...of.values, action: name }}
    typedWord={of.isMany ? "change" : undefined}
    fields={
      <div className="space-y-4">
        {fields}
        <CheckboxField
          name="feedsOnly"
          label="Also take values that only feeds vouch for into the team’s own list"
          hint="Your team then vouches for them as well: they stay until the end they have now, even when the feed drops them. Without it they are left as they are, and listed."
        />
      </div>
    }
  >
    <p>Only your team’s own entries are changed, never what a feed says. {explain}</p>
    <UndoNote />
  </ConfirmDialog>
);

const UndoNote = () => <p>It runs as a job that you can watch, and can be undone for a day.</p>;

const CHANGES: readonly Change[] = [
  {
    name: "tags",
    icon: Tags,
    label: "Tags",
    explain: "A tag that a feed gives stays.",
    fields: (
      <>
        <Field name="add" label="Add tags" hint="Several with commas between them.">
          <Input />
        </Field>
        <Field name="remove" label="Take tags away" hint="Several with commas between them.">
          <Input />
        </Field>
      </>
    ),
  },
  {
    name: "validity",
    icon: CalendarClock,
    label: "Validity",
    explain: "Where a feed gives a later end, that one holds.",
    fields: (
      <Field name="until" label="Valid until" hint="The end of this day, UTC. Blank: no end.">
        <Input type="date" />
      </Field>
    ),
  },
  {
    name: "confidence",
    icon: Gauge,
    label: "Confidence",
    explain: "Where a feed gives a higher confidence, that one holds.",
    fields: (
      <Field name="confidence" label="Confidence" hint="From 0 to 100." required>
        <Input type="number" min={0} max={100} />
      </Field>
    ),
  },
  {
    name: "tlp",
    icon: Shield,
    label: "TLP",
    explain: "Where a feed gives a stricter TLP, that one holds.",
    fields: (
      <Field name="tlp" label="TLP" required>
        <Select options={TLPS.map((value) => ({ value, label: TLP_LABELS[value] }))} />
      </Field>
    ),
  },
];
