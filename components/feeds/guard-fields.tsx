import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { Input } from "@/components/ui/input";

import type { FeedFormValues } from "./feed-form-values";

/** What makes a run wait for a person, when an alert comes, and what one run may cost. */
export const GuardFields = ({ values }: { values: FeedFormValues }) => (
  <div className="space-y-4">
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
      <Field
        name="growthFactor"
        label="Hold when it grows by more than (times)"
        hint="Ten times as many values is rarely good news. Empty: 10. 0 switches it off."
      >
        <Input isMono inputMode="numeric" defaultValue={values.growthFactor} />
      </Field>
      <Field
        name="staleAfterMinutes"
        label="Alert without a good run for (minutes)"
        hint="Empty: three intervals."
      >
        <Input
          isMono
          inputMode="numeric"
          defaultValue={values.staleAfterMinutes}
          placeholder="three intervals"
        />
      </Field>
    </div>
    <CheckboxField
      name="typeMix"
      label="Hold when most values are of other types than before"
      hint="Often a column that moved."
      defaultChecked={values.typeMix}
    />
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
      <Field name="limits.maxRows" label="At most (rows)" hint="A longer list fails and changes nothing.">
        <Input isMono inputMode="numeric" defaultValue={values.limits.maxRows} />
      </Field>
      <Field name="limits.maxMegabytes" label="At most (MB)" hint="Unpacked.">
        <Input isMono inputMode="numeric" defaultValue={values.limits.maxMegabytes} />
      </Field>
      <Field name="limits.maxMinutes" label="At most (minutes)" hint="From the start of a run to its end.">
        <Input isMono inputMode="decimal" defaultValue={values.limits.maxMinutes} />
      </Field>
    </div>
  </div>
);
