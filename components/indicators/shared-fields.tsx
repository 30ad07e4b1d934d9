import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { ACTIONS, SEVERITIES, type Action } from "@/lib/domain/connector/actions";
import { TLP_LABELS, TLPS } from "@/lib/domain/indicator/types";

const ACTION_LABELS: Readonly<Record<Action, string>> = {
  Allowed: "Allow",
  Audit: "Audit only",
  Warn: "Warn, can be bypassed",
  Block: "Block",
  BlockAndRemediate: "Block and remediate",
};

const ACTION_OPTIONS = ACTIONS.map((value) => ({ value, label: ACTION_LABELS[value] }));
const SEVERITY_OPTIONS = SEVERITIES.map((value) => ({ value, label: value }));
const TLP_OPTIONS = TLPS.map((value) => ({ value, label: TLP_LABELS[value] }));
const EXPIRIES = [
  { value: "1", label: "In a day" },
  { value: "7", label: "In a week" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

/** What all pasted values share. Everything left alone follows the list's own settings. */
export const SharedFields = () => (
  <FieldGroup legend="For all of them" columns={2}>
    <Field
      name="comment"
      label="Comment"
      hint="Goes along to the destination: the ticket, the incident, why."
      className="sm:col-span-2"
    >
      <Input placeholder="TeamA" maxLength={1_000} />
    </Field>
    <Field
      name="expiryDays"
      label="Expires"
      hint="Left alone it has no end here; each record at a destination gets one by its type and is renewed."
    >
      <Select placeholder="Not by itself" options={EXPIRIES} />
    </Field>
    <Field name="tlp" label="TLP" hint="How far it may go.">
      <Select placeholder="As the list says" options={TLP_OPTIONS} />
    </Field>
    <Field name="confidence" label="Confidence" hint="0 to 100.">
      <Input isMono inputMode="numeric" placeholder="as the list says" />
    </Field>
    <Field name="tags" label="Tags" hint="Several by comma.">
      <Input />
    </Field>
    <Field name="action" label="Action at Defender" hint="A wish; the connector has the last word.">
      <Select placeholder="As the connector says" options={ACTION_OPTIONS} />
    </Field>
    <Field name="severity" label="Severity of alerts" hint="A wish, as the action is.">
      <Select placeholder="As the connector says" options={SEVERITY_OPTIONS} />
    </Field>
  </FieldGroup>
);
