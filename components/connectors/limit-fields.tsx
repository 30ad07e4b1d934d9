import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { Input } from "@/components/ui/input";
import type { PlanLimits } from "@/lib/domain/delivery/plan-limits";

type Props = { group: string; legend: string; hint: string; values: PlanLimits | null };

/** How much one plan may change before somebody else is asked; a blank field sets no limit. */
export const LimitFields = ({ group, legend, hint, values }: Props) => (
  <FieldGroup legend={legend} hint={hint} columns={3}>
    <Field name={`${group}.maxAdds`} label="Additions">
      <Input type="number" min={0} defaultValue={values?.maxAdds ?? ""} />
    </Field>
    <Field name={`${group}.maxRemoves`} label="Removals">
      <Input type="number" min={0} defaultValue={values?.maxRemoves ?? ""} />
    </Field>
    <Field name={`${group}.maxRemovedPercent`} label="Removals, % of what stands">
      <Input type="number" min={0} max={100} defaultValue={values?.maxRemovedPercent ?? ""} />
    </Field>
  </FieldGroup>
);
