import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Input } from "@/components/ui/input";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES, type IndicatorType } from "@/lib/domain/indicator/types";

type Rule = { type: IndicatorType; halfLifeDays: number; floor: number };

/** How fast confidence fades, by type; blank: it does not. */
export const FadingForm = ({
  team,
  rules,
  action,
}: {
  team: string;
  rules: readonly Rule[];
  action: FormAction;
}) => (
  <ActionForm action={action} label="Fading confidence">
    <HiddenFields values={{ team }} />
    <p className="text-muted max-w-prose text-sm">
      Confidence halves with each half-life in which no source was seen to hold the value: 80, then 40, then
      20. In between it stays as it is, so nothing is sent again for a point. At the floor the value expires
      and leaves the destinations with the next plan; a new sighting brings it back.
    </p>
    <div className="grid grid-cols-1 gap-x-6 gap-y-3 md:grid-cols-2 xl:grid-cols-3">
      {INDICATOR_TYPES.map((type) => (
        <TypeFields key={type} type={type} rule={rules.find((rule) => rule.type === type)} />
      ))}
    </div>
    <FormStatus />
    <SubmitButton>Save</SubmitButton>
  </ActionForm>
);

const TypeFields = ({ type, rule }: { type: IndicatorType; rule: Rule | undefined }) => (
  <fieldset className="min-w-0 rounded-md border p-3">
    <legend className="px-1 text-sm font-medium">{INDICATOR_TYPE_LABELS[type]}</legend>
    <div className="grid grid-cols-2 gap-3">
      <Field name={`halfLifeDays.${type}`} label="Half-life, days" hint="Blank: never">
        <Input type="number" min={1} max={3_650} defaultValue={rule?.halfLifeDays} />
      </Field>
      <Field name={`floor.${type}`} label="Floor" hint="Expired at this">
        <Input type="number" min={0} max={99} defaultValue={rule?.floor ?? 10} />
      </Field>
    </div>
  </fieldset>
);
