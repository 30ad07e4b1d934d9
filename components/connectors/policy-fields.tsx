import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { CheckboxField } from "@/components/forms/choice";
import type { FormAction } from "@/components/forms/form-action";
import { RadioGroup } from "@/components/forms/radio-group";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { ACTION_GLOSSARY, ACTION_OPTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import type { Gate } from "@/lib/domain/connector/gate-input";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorRule } from "@/lib/domain/connector/rule-input";
import type { PlanLimits } from "@/lib/domain/delivery/plan-limits";
import type { NetworksOfSize } from "@/lib/domain/indicator/network-cost";
import { isNetwork } from "@/lib/domain/indicator/expand";
import {
  INDICATOR_TYPE_LABELS,
  INDICATOR_TYPES,
  TLP_LABELS,
  TLPS,
  type IndicatorType,
} from "@/lib/domain/indicator/types";

import { ApprovalFields, type ShownLoosened } from "./approval-fields";
import { FeedFields } from "./feed-fields";
import type { ShownFeed } from "./feed-options";
import { GateFields } from "./gate-fields";
import { CountedNetworks } from "./counted-networks";
import { ModeFields } from "./mode-fields";
import { NetworkField } from "./network-field";
import { RulesEditor } from "./rules-editor";

type Values = {
  action: string;
  severity: string;
  expiryDays: number | null;
  /** As it is written in its field. */
  expiryByType: string;
  rules: readonly ConnectorRule[];
  mode: string;
  reconcileMinutes: number;
  driftMode: string;
  minConfidence: number;
  maxTlp: string;
  types: readonly string[] | null;
  feeds: readonly string[] | null;
  tags: { allow: readonly string[]; block: readonly string[] };
  maxAgeDays: number | null;
  expandNetworksUpTo: number;
  approval: PlanLimits | null;
  loosened: ShownLoosened | null;
  automaticLimits: PlanLimits | null;
  gate: Gate | null;
};
type Props = {
  kind: ConnectorKind;
  /** To choose from, and whatever is chosen already. */
  feeds: readonly ShownFeed[];
  /** Types of which the destination keeps no record. */
  untaken: readonly IndicatorType[];
  /** The team's live networks by their size, and how they are counted for other feeds. */
  networks: { initial: readonly NetworksOfSize[]; count: FormAction };
  values?: Values | undefined;
};

const DEFAULTS: Values = {
  action: "Audit",
  severity: "Medium",
  expiryDays: null,
  expiryByType: "",
  rules: [],
  mode: "review",
  reconcileMinutes: 60,
  driftMode: "restore",
  minConfidence: 0,
  maxTlp: "amber",
  types: null,
  feeds: null,
  tags: { allow: [], block: [] },
  maxAgeDays: null,
  expandNetworksUpTo: 0,
  approval: null,
  loosened: null,
  automaticLimits: null,
  gate: null,
};

/** What of the team's indicators goes there, and how it is to be treated. */
export const PolicyFields = ({ kind, feeds, untaken, networks, values = DEFAULTS }: Props) => (
  <>
    <CountedNetworks action={networks.count} initial={networks.initial}>
      <FieldGroup legend="What goes there" columns={3}>
        <Field name="minConfidence" label="Lowest confidence" hint="0 to 100; what is below stays here.">
          <Input type="number" min={0} max={100} defaultValue={values.minConfidence} />
        </Field>
        <Field name="maxTlp" label="TLP ceiling" hint="What is stricter never leaves, in any field.">
          <Select
            options={TLPS.map((tlp) => ({ value: tlp, label: TLP_LABELS[tlp] }))}
            defaultValue={values.maxTlp}
          />
        </Field>
        <Field
          name="maxAgeDays"
          label="Seen within (days)"
          hint="Empty: however long ago. A feed sees all that it holds whenever it is read."
        >
          <Input type="number" min={1} max={3_650} defaultValue={values.maxAgeDays ?? ""} />
        </Field>
        {kind === "defender" && <NetworkField value={values.expandNetworksUpTo} />}
      </FieldGroup>
      <FieldGroup legend="Types" hint="None ticked: all that the destination takes." columns={3}>
        {INDICATOR_TYPES.map((type) => (
          <CheckboxField
            key={type}
            name="types"
            value={type}
            label={INDICATOR_TYPE_LABELS[type]}
            hint={noteOf(type, kind, untaken)}
            defaultChecked={values.types?.includes(type) ?? false}
          />
        ))}
      </FieldGroup>
      <FeedFields feeds={feeds} chosen={values.feeds} />
    </CountedNetworks>
    <FieldGroup legend="Tags" hint="One a line; % stands for any text." columns={2}>
      <Field name="tags.allow" label="Only these" hint="Empty: whatever it is tagged.">
        <Textarea isMono rows={3} defaultValue={values.tags.allow.join("\n")} placeholder="malware%" />
      </Field>
      <Field name="tags.block" label="Not these" hint="Whichever of the team’s feeds tags it so.">
        <Textarea isMono rows={3} defaultValue={values.tags.block.join("\n")} />
      </Field>
    </FieldGroup>
    <FieldGroup legend="How it is treated there" columns={2}>
      {kind === "defender" && (
        <>
          <Field name="action" label="Action" hint={`${ACTION_GLOSSARY} Block is for what you are sure of.`}>
            <Select options={ACTION_OPTIONS} defaultValue={values.action} />
          </Field>
          <Field name="severity" label="Alert severity">
            <Select
              options={SEVERITIES.map((severity) => ({ value: severity, label: severity }))}
              defaultValue={values.severity}
            />
          </Field>
        </>
      )}
      <Field
        name="expiryDays"
        label="Days it stays"
        hint="Empty: IP 30, URL 60, domain and e-mail 90, hash 365. Renewed while a source vouches for it."
      >
        <Input type="number" min={1} max={3_650} defaultValue={values.expiryDays ?? ""} />
      </Field>
      <Field
        name="expiryByType"
        label="Other days for single types"
        hint="By comma, such as: ipv4 7, domain 30."
      >
        <Input isMono defaultValue={values.expiryByType} placeholder="ipv4 7, domain 30" />
      </Field>
    </FieldGroup>
    <FieldGroup
      legend="Rules"
      hint={
        kind === "defender"
          ? "Other treatment for some of it. The first rule that fits decides; what a person asked for at an indicator comes before it."
          : "Other days for some of it. The first rule that fits decides."
      }
    >
      <RulesEditor kind={kind} feeds={feeds} initial={values.rules} />
    </FieldGroup>
    <ModeFields mode={values.mode} limits={values.automaticLimits} />
    <ApprovalFields values={values.approval} loosened={values.loosened} />
    {kind === "defender" && <GateFields gate={values.gate} />}
    <RadioGroup
      name="driftMode"
      legend="When somebody changes or removes a record at Microsoft"
      defaultValue={values.driftMode}
      options={[
        { value: "restore", label: "Put it right", hint: "The next plan adds or changes it back." },
        { value: "ask", label: "Ask", hint: "It waits on the connector’s page until somebody decides." },
      ]}
    />
    <Field
      name="reconcileMinutes"
      label="Minutes between comparisons"
      hint={
        kind === "defender"
          ? "15 to 1,440. What stands there is read and compared with what was sent."
          : "15 to 1,440. What stands there is read and compared with what was sent; it needs the Azure names."
      }
    >
      <Input type="number" min={15} max={1_440} defaultValue={values.reconcileMinutes} />
    </Field>
  </>
);

/** What ticking a type does not bring there; undefined where it goes as it is. */
const noteOf = (
  type: IndicatorType,
  kind: ConnectorKind,
  untaken: readonly IndicatorType[],
): string | undefined => {
  if (untaken.includes(type))
    return isNetwork(type) ? "Only as single addresses, if chosen above" : "Not taken there: stays here";
  return type === "md5" && kind === "defender" ? "Only once “Try MD5” found that it is taken" : undefined;
};
