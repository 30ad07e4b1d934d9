import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Input } from "@/components/ui/input";
import {
  ADDRESS_LABELS,
  HOST_FIELDS,
  SCOPE_FIELDS,
  type AddressField,
  type CloudAddresses,
  type MicrosoftCloud,
} from "@/lib/domain/connector/cloud-addresses";

type Props = {
  cloud: MicrosoftCloud;
  addresses: CloudAddresses;
  builtIn: CloudAddresses;
  overridden: readonly AddressField[];
  action: FormAction;
};

/** Every address of one cloud: what is empty is Microsoft's own. */
export const CloudForm = ({ cloud, addresses, builtIn, overridden, action }: Props) => {
  const field = (name: AddressField) => (
    <Field
      key={name}
      name={name}
      label={ADDRESS_LABELS[name]}
      hint={builtIn[name] === null ? "Microsoft has published none." : `Empty: ${builtIn[name]}`}
    >
      <Input isMono defaultValue={overridden.includes(name) ? (addresses[name] ?? "") : ""} />
    </Field>
  );
  return (
    <ActionForm key={cloud} action={action} label="Addresses" className="space-y-6">
      <HiddenFields values={{ cloud }} />
      <FieldGroup
        legend="Hosts"
        hint="Secrets go to the first, tokens to the others. By https only, and to a name."
        columns={2}
      >
        {HOST_FIELDS.map(field)}
      </FieldGroup>
      <FieldGroup
        legend="Scopes"
        hint="What a token is asked for. They seldom change with the host: a regional one answers for the same service."
        columns={2}
      >
        {SCOPE_FIELDS.map(field)}
      </FieldGroup>
      <Field
        name="confirm"
        label={`Type ${cloud} to confirm`}
        hint="The secrets of every team’s connectors in this cloud will go to these addresses. Each connector’s page says so."
        required
      >
        <Input isMono autoComplete="off" />
      </Field>
      <FormStatus />
      <SubmitButton variant="danger">Save addresses</SubmitButton>
    </ActionForm>
  );
};
