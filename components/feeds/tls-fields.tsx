import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { Textarea } from "@/components/ui/textarea";

type Props = { values: { caPem: string; isInsecure: boolean } };

/** How the source proves who it is. */
export const TlsFields = ({ values }: Props) => (
  <div className="space-y-3">
    <Field
      name="tls.caPem"
      label="Own certificate authority"
      hint="PEM. Trusted beside the system's, for this feed only."
    >
      <Textarea isMono rows={3} defaultValue={values.caPem} placeholder="-----BEGIN CERTIFICATE-----" />
    </Field>
    <CheckboxField
      name="tls.isInsecure"
      label="Trust any certificate"
      hint="Whoever stands between can then read the key and change the list. It is noted in the activity log."
      defaultChecked={values.isInsecure}
    />
  </div>
);
