import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { Gate } from "@/lib/domain/connector/gate-input";

/** What keeps a value from being blocked until a person lets it through; all blank: nothing does. */
export const GateFields = ({ gate }: { gate: Gate | null }) => (
  <FieldGroup
    legend="Before something is blocked"
    hint="What does not pass stays out until a person lets it through, with a reason. What is blocked already is not judged again."
    columns={2}
  >
    <Field
      name="gate.maxPrevalence"
      label="Most devices that saw it"
      hint="In the last 30 days, as Defender tells. Blank: however many. Needs URL.Read.All, Ip.Read.All and File.Read.All."
    >
      <Input type="number" min={0} defaultValue={gate?.maxPrevalence ?? ""} />
    </Field>
    <Field
      name="gate.whenUnknown"
      label="If Defender does not tell"
      hint="After a day, or where a permission is missing."
    >
      <Select
        options={[
          { value: "wait", label: "Wait for a person" },
          { value: "audit", label: "Only watch it (Audit)" },
        ]}
        defaultValue={gate?.whenUnknown ?? "wait"}
      />
    </Field>
    <CheckboxField
      name="gate.nearAllowlist"
      label="Nothing close to an allowlist"
      defaultChecked={gate?.nearAllowlist ?? false}
    />
    <CheckboxField
      name="gate.otherTeams"
      label="Nothing that another team withdrew, recalled or allows"
      defaultChecked={gate?.otherTeams ?? false}
    />
  </FieldGroup>
);
