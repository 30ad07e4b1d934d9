import { Field } from "@/components/forms/field";
import { Input } from "@/components/ui/input";

type Props = { values: { collection: string; minConfidence: string } };

/** Which collection of a TAXII server is read. */
export const TaxiiFields = ({ values }: Props) => (
  <div className="grid grid-cols-2 gap-4">
    <Field
      name="taxii.collection"
      label="Collection"
      hint="By id or title. Empty: the address names it, or there is only one."
    >
      <Input isMono defaultValue={values.collection} />
    </Field>
    <Field
      name="taxii.minConfidence"
      label="At least this confidence"
      hint="Objects that state none are taken."
    >
      <Input isMono inputMode="numeric" defaultValue={values.minConfidence} />
    </Field>
  </div>
);
