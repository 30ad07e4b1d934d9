import { ActionForm } from "@/components/forms/action-form";
import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { FieldGroup, FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Callout } from "@/components/ui/callout";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { Select } from "@/components/ui/select";
import { SHARED_TLPS, type SubscriptionPolicy } from "@/lib/domain/feed/subscription";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES, TLP_LABELS } from "@/lib/domain/indicator/types";

type Props = {
  team: string;
  /** The shared feed. */
  feedId: string;
  policy: SubscriptionPolicy;
  isSubscribed: boolean;
  /** The feed's owner has it stored and never pushed. */
  isStoreOnly: boolean;
  connectors: readonly { id: string; name: string }[];
  action: FormAction;
  cancelHref: string;
};

/** What a team takes of a shared feed, and what it does with it. */
export const SubscriptionForm = (props: Props) => {
  const { team, feedId, policy, isSubscribed, isStoreOnly, connectors, action, cancelHref } = props;
  return (
    <ActionForm action={action} label={isSubscribed ? "Change the policy" : "Subscribe"}>
      <HiddenFields values={{ team, feedId }} />
      {isStoreOnly && (
        <Callout tone="info" title="Stored, never pushed">
          Its owner has this feed stored only. Your team may search and trace its values; no connector takes
          them for as long as that stands, whatever you choose here.
        </Callout>
      )}
      <FieldGroup legend="What is taken" columns={2}>
        <Field name="minConfidence" label="Lowest confidence" hint="0 to 100; what is below stays out.">
          <Input type="number" min={0} max={100} defaultValue={policy.minConfidence} />
        </Field>
        <Field
          name="maxTlp"
          label="Strictest TLP"
          hint="What is stricter stays out. TLP:RED never leaves its own team."
        >
          <Select
            options={SHARED_TLPS.map((tlp) => ({ value: tlp, label: TLP_LABELS[tlp] }))}
            defaultValue={policy.maxTlp}
          />
        </Field>
      </FieldGroup>
      <FieldGroup legend="Types" hint="None ticked: all." columns={3}>
        {INDICATOR_TYPES.map((type) => (
          <CheckboxField
            key={type}
            name="types"
            value={type}
            label={INDICATOR_TYPE_LABELS[type]}
            defaultChecked={policy.types?.includes(type) ?? false}
          />
        ))}
      </FieldGroup>
      <FieldGroup legend="How long it is valid here" columns={2}>
        <Field name="expiryDays" label="Days at most" hint="Empty: as long as the feed says.">
          <Input type="number" min={1} max={3_650} defaultValue={policy.expiryDays ?? ""} />
        </Field>
        <Field
          name="expireFrom"
          label="Counted from"
          hint="What stands in the feed is seen now, so from last seen only what has left its source ages."
        >
          <Select
            options={[
              { value: "lastSeen", label: "Last seen" },
              { value: "firstSeen", label: "First seen" },
            ]}
            defaultValue={policy.expireFrom}
          />
        </Field>
      </FieldGroup>
      {connectors.length > 0 && (
        <FieldGroup
          legend="Connectors that may send it"
          hint="None ticked: each by its own selection."
          columns={2}
        >
          {connectors.map(({ id, name }) => (
            <CheckboxField
              key={id}
              name="connectors"
              value={id}
              label={name}
              defaultChecked={policy.connectors?.includes(id) ?? false}
            />
          ))}
        </FieldGroup>
      )}
      <FormStatus />
      <FormActions>
        <SubmitButton>{isSubscribed ? "Save the policy" : "Subscribe"}</SubmitButton>
        <LinkButton href={cancelHref}>Cancel</LinkButton>
      </FormActions>
    </ActionForm>
  );
};
