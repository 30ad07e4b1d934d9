import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { MICROSOFT_CLOUDS } from "@/lib/domain/connector/cloud-addresses";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { hasEnd, SETUP_PROOF_LABELS, SETUP_PROOFS, type Setup } from "@/lib/domain/connector/setup/setup";

import { CLOUD_LABELS } from "./cloud-labels";

const NAME_HINTS: Readonly<Record<ConnectorKind, string>> = {
  defender: "Defender’s portal shows it as “Created by”.",
  sentinel: "As it stands in Entra ID and in the workspace’s access control.",
};

type Props = { setup: Setup; connectorId?: string | undefined };

/** The names that the scripts are filled in with. They stand in the address, so that a colleague can be sent the filled page. */
export const SetupForm = ({ setup, connectorId }: Props) => (
  <form
    method="get"
    aria-label="Names for the scripts"
    className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-3"
  >
    <input type="hidden" name="kind" value={setup.kind} />
    {connectorId !== undefined && <input type="hidden" name="connector" value={connectorId} />}
    {setup.proof === "managed-identity" ? (
      <Field
        name="name"
        label="Name of the identity"
        hint="A user-assigned one has a name of its own, a system-assigned one that of its machine."
      >
        <Input defaultValue={setup.applicationName} maxLength={120} />
      </Field>
    ) : (
      <Field name="name" label="Name of the application" hint={NAME_HINTS[setup.kind]}>
        <Input defaultValue={setup.applicationName} maxLength={120} />
      </Field>
    )}
    <Field name="cloud" label="Cloud">
      <Select
        options={MICROSOFT_CLOUDS.map((value) => ({ value, label: CLOUD_LABELS[value] }))}
        defaultValue={setup.cloud === "sandbox" ? "public" : setup.cloud}
      />
    </Field>
    <Field name="tenantId" label="Tenant id">
      <Input isMono defaultValue={setup.tenantId} />
    </Field>
    {setup.kind === "sentinel" && (
      <>
        <Field name="subscriptionId" label="Subscription id">
          <Input isMono defaultValue={setup.subscriptionId} />
        </Field>
        <Field name="resourceGroup" label="Resource group">
          <Input isMono defaultValue={setup.resourceGroup} />
        </Field>
        <Field name="workspaceName" label="Workspace name">
          <Input isMono defaultValue={setup.workspaceName} />
        </Field>
      </>
    )}
    <Field name="proof" label="It signs in with">
      <Select
        options={SETUP_PROOFS.map((value) => ({ value, label: SETUP_PROOF_LABELS[value] }))}
        defaultValue={setup.proof}
      />
    </Field>
    {hasEnd(setup.proof) && (
      <CheckboxField
        name="readsOwnEnd"
        label="May read when its secret ends"
        defaultChecked={setup.readsOwnEnd}
      />
    )}
    {setup.kind === "defender" && (
      <CheckboxField
        name="readsPrevalence"
        label="May ask on how many devices a value was seen"
        defaultChecked={setup.readsPrevalence}
      />
    )}
    <div className="flex items-end">
      <Button type="submit">Fill in</Button>
    </div>
  </form>
);
