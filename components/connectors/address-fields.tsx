"use client";

import { useState } from "react";

import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { useFieldErrors } from "@/components/forms/form-context";
import { SecretInput } from "@/components/forms/secret-input";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { TextLink } from "@/components/ui/text-link";
import type { Identity } from "@/lib/domain/connector/credential-input";
import { CLOUDS, type ConnectorKind } from "@/lib/domain/connector/kinds";

import { readLines } from "@/lib/domain/names/read-lines";
import { recordScope } from "@/lib/domain/selection/policy";

import { CLOUD_LABELS } from "./cloud-labels";
import { CredentialFields, SecretEndFields } from "./credential-fields";
import { DeviceGroupsField } from "./device-groups-field";
import { NeighbourNote } from "./neighbour-note";
import type { ConnectorPreset } from "./preset";

type Values = Omit<ConnectorPreset, "label" | "note" | "clientSecret">;
type Props = {
  kind: ConnectorKind;
  presets: readonly ConnectorPreset[];
  initial?: Partial<Values> | undefined;
  /** Those that the connector has now. */
  deviceGroups?: readonly string[];
  cloud?: string | undefined;
  /** What is told of a stored secret, which an entered one replaces at once; absent for a connector that is not saved yet. */
  storedSecret?: string | undefined;
  /** Where a saved connector's successor is staged. */
  credentialHref?: string | undefined;
  /** What Azure gives the machine and this person may lend. */
  identities?: readonly Identity[];
  /** Where the team sends already. */
  neighbours?: readonly Destination[];
};
type Destination = { name: string; cloud: string; tenantId: string; workspaceId: string; scope: string };

const EMPTY: Values = {
  tenantId: "",
  clientId: "",
  workspaceId: "",
  subscriptionId: "",
  resourceGroup: "",
  workspaceName: "",
};

/** Where the destination is and who signs in there. One of the sandbox's presets fills it all. */
export const AddressFields = ({
  kind,
  presets,
  initial,
  deviceGroups = [],
  cloud,
  storedSecret,
  credentialHref,
  identities = [],
  neighbours = [],
}: Props) => {
  const [values, setValues] = useState<Values>({ ...EMPTY, ...initial });
  const [secret, setSecret] = useState<string | null>(null);
  const [chosenCloud, setChosenCloud] = useState(cloud ?? (presets.length > 0 ? "sandbox" : "public"));
  const [note, setNote] = useState<string | null>(null);
  const [groups, setGroups] = useState(deviceGroups.join("\n"));

  const fill = (label: string): void => {
    const preset = presets.find((one) => one.label === label);
    if (!preset) return;
    const { label: _label, note: about, clientSecret, ...rest } = preset;
    setValues(kind === "sentinel" ? rest : { ...EMPTY, tenantId: rest.tenantId, clientId: rest.clientId });
    setSecret(clientSecret);
    setChosenCloud("sandbox");
    setNote(about);
  };
  const bind = (name: keyof Values) => ({
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      setValues({ ...values, [name]: event.currentTarget.value });
    },
  });

  const secretField = (
    <Field
      name="clientSecret"
      label="Client secret"
      hint={
        <>
          The secret’s value, not its id. It is sealed and never shown again.
          {credentialHref !== undefined && <TakesOver href={credentialHref} />}
        </>
      }
      required={storedSecret === undefined}
    >
      {secret === null ? (
        <SecretInput stored={storedSecret} />
      ) : (
        <Input
          isMono
          type="password"
          value={secret}
          onChange={(event) => {
            setSecret(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );

  return (
    <>
      {presets.length > 0 && cloud === undefined && (
        <Field
          name="preset"
          label="Fill from the sandbox"
          hint={note ?? "One of the sandbox’s app registrations. Its secrets open nothing but the sandbox."}
        >
          <Select
            placeholder="Choose an application"
            options={presets.map(({ label }) => ({ value: label, label }))}
            onChange={(event) => {
              fill(event.currentTarget.value);
            }}
          />
        </Field>
      )}
      <FieldGroup legend="App registration in Entra ID" columns={2}>
        {cloud === undefined && (
          <Field name="cloud" label="Cloud">
            <Select
              options={CLOUDS.map((name) => ({ value: name, label: CLOUD_LABELS[name] }))}
              value={chosenCloud}
              onChange={(event) => {
                setChosenCloud(event.currentTarget.value);
              }}
            />
          </Field>
        )}
        <Field name="tenantId" label="Tenant id" hint="Directory (tenant) id, a GUID." required>
          <Input isMono {...bind("tenantId")} />
        </Field>
        <Field name="clientId" label="Application id" hint="Application (client) id, a GUID." required>
          <Input isMono {...bind("clientId")} />
        </Field>
        {cloud === undefined ? (
          <CredentialFields identities={identities} {...(secret !== null && { secretField })} />
        ) : (
          <>
            <div className="space-y-2">
              {secretField}
              <UntriedChoice />
            </div>
            <SecretEndFields hint="Of a new secret, as Entra ID shows it. What was known of the stored one goes with it." />
          </>
        )}
      </FieldGroup>
      {kind === "sentinel" && (
        <FieldGroup
          legend="Workspace"
          hint="The id says where to write. The three Azure names let Sluice read back what stands there; without them a receipt ends at “accepted”."
          columns={2}
        >
          <Field
            name="workspaceId"
            label="Workspace id"
            hint="Of the Log Analytics workspace, a GUID."
            required
          >
            <Input isMono {...bind("workspaceId")} />
          </Field>
          <Field name="subscriptionId" label="Subscription id">
            <Input isMono {...bind("subscriptionId")} />
          </Field>
          <Field name="resourceGroup" label="Resource group">
            <Input isMono {...bind("resourceGroup")} />
          </Field>
          <Field name="workspaceName" label="Workspace name">
            <Input isMono {...bind("workspaceName")} />
          </Field>
        </FieldGroup>
      )}
      {kind === "defender" && (
        <DeviceGroupsField value={groups} onChange={setGroups} isSaved={cloud !== undefined} />
      )}
      <NeighbourNote
        kind={kind}
        names={neighbours
          .filter(isAt({ ...values, cloud: chosenCloud, scope: recordScope(readLines(groups)) }))
          .map(({ name }) => name)}
      />
    </>
  );
};

const TakesOver = ({ href }: { href: string }) => (
  <>
    {" "}
    It takes over at once, after a test, and what is stored is forgotten: there is no going back. To change it
    without a failed push, <TextLink href={href}>stage a successor</TextLink>.
  </>
);

/** Offered once a secret failed its test: it leaked, or is dead, and Microsoft cannot be asked. */
const UntriedChoice = () => {
  const isRefused = useFieldErrors("clientSecret").length > 0;
  if (!isRefused) return null;
  return (
    <CheckboxField
      name="untried"
      label="Save it untried"
      hint="For a stored one that leaked or is dead, while Microsoft cannot be asked. Where the new one does not work, nothing is sent."
    />
  );
};

const isAt =
  (there: Omit<Destination, "name">) =>
  ({ cloud, tenantId, workspaceId, scope }: Destination): boolean =>
    // What is made for some devices alone is another record.
    scope === there.scope &&
    cloud === there.cloud &&
    isSameId(tenantId, there.tenantId) &&
    isSameId(workspaceId, there.workspaceId);

const isSameId = (one: string, other: string): boolean => one.toLowerCase() === other.trim().toLowerCase();
