"use client";

import { useState } from "react";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FieldGroup, FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { formatNumber } from "@/components/ui/format-number";
import { Input } from "@/components/ui/input";
import type { Weights } from "@/lib/domain/selection/budget-settings";

import { BudgetEffectNote } from "./budget-effect";
import { parseBudgetEffect, type BudgetEffect } from "./budget-effect-answer";
import { WEIGHT_WORDS } from "./budget-words";
import { ShareTable, type Competitor } from "./share-table";

type Props = {
  destination: {
    id: string;
    limit: number;
    /** Null: nobody sees it. */
    foreign: number | null;
    headroom: number;
    steadiness: number;
    weights: Weights;
    teams: readonly Competitor[];
    feeds: readonly Competitor[];
  };
  action: FormAction;
};
type Shown = { effect: BudgetEffect } | { saved: string } | null;

/**
 * Who gets the places of one tenant: headroom, what counts, and the floors and ceilings of teams and feeds. What a change would do
 * can be asked, and is shown before anything is saved by which a record leaves.
 */
export const BudgetForm = ({ destination, action }: Props) => {
  const { id, limit, foreign, headroom, steadiness, weights, teams, feeds } = destination;
  const [shown, setShown] = useState<Shown>(null);
  const forget = (): void => {
    setShown(null);
  };
  const effect = shown !== null && "effect" in shown ? shown.effect : null;
  return (
    <ActionForm
      action={action}
      label="Who gets the places"
      isQuiet
      onChange={forget}
      onDone={({ message, data }) => {
        const asked = parseBudgetEffect(data);
        setShown(asked === null ? { saved: message } : { effect: asked });
      }}
    >
      <HiddenFields values={{ id }} />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Field
          name="headroom"
          label="Kept free"
          hint="Places that plans leave to people and other tools in the portal."
          required
        >
          <Input type="number" min={0} max={limit} defaultValue={headroom} />
        </Field>
        <Field
          name="steadiness"
          label="Steadiness"
          hint="What stands counts as if it were so many points of confidence surer, so that small changes replace nothing."
          required
        >
          <Input type="number" min={0} max={100} defaultValue={steadiness} />
        </Field>
      </div>
      <FieldGroup legend="What counts" hint="From 0, not at all, to 10." columns={3}>
        {WEIGHT_WORDS.map(({ name, label, hint }) => (
          <Field key={name} name={`weights.${name}`} label={label} hint={hint} required>
            <Input type="number" min={0} max={10} defaultValue={weights[name]} />
          </Field>
        ))}
      </FieldGroup>
      <ShareTable name="teams" caption="Places of teams" rows={teams} limit={limit} />
      {feeds.length > 0 && <ShareTable name="feeds" caption="Places of feeds" rows={feeds} limit={limit} />}
      <FormStatus />
      <div role="status">
        {shown !== null && "saved" in shown && <Callout tone="success" title={shown.saved} />}
      </div>
      {effect && <BudgetEffectNote effect={effect} foreign={foreign} />}
      <FormActions>
        {effect && effect.leave > 0 ? (
          <>
            <SubmitButton name="agreed" value={String(effect.leave)} variant="danger">
              Save, and let {formatNumber(effect.leave)} leave
            </SubmitButton>
            <Button
              onClick={({ currentTarget: { form } }) => {
                form?.reset();
                forget();
              }}
            >
              Do not save
            </Button>
          </>
        ) : (
          <>
            <SubmitButton>Save</SubmitButton>
            <SubmitButton name="intent" value="check" variant="secondary" pendingLabel="Looking">
              What would change?
            </SubmitButton>
          </>
        )}
      </FormActions>
    </ActionForm>
  );
};
