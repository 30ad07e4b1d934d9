import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { Textarea } from "@/components/ui/textarea";
import { GROUPS_PERMISSION } from "@/lib/domain/connector/where-it-holds";

type Props = {
  /** One a line. */
  value: string;
  onChange: (value: string) => void;
  /** The connector sends already. */
  isSaved: boolean;
};

/** On which devices of the tenant all that a connector sends holds. */
export const DeviceGroupsField = ({ value, onChange, isSaved }: Props) => (
  <FieldGroup
    legend="Device groups"
    hint="On which devices of the tenant it holds. A rule below can name others for what it fits."
  >
    <Field
      name="deviceGroups"
      label="Only on these"
      hint={`One a line, spelled as in Defender under Settings, Endpoints, Device groups. Empty: all devices. Defender takes any name; the test of the connection looks whether it is one of the tenant’s where the application has ${GROUPS_PERMISSION}, else nobody does. They are part of what a record is: ${
        isSaved
          ? "change them, and the next plan removes what stands under the old ones and makes it anew."
          : "changed later, the records are removed and made anew, by a plan."
      }`}
    >
      <Textarea
        rows={2}
        value={value}
        placeholder="All devices"
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value);
        }}
      />
    </Field>
  </FieldGroup>
);
