import type { Metadata } from "next";
import { z } from "zod";

import { AddressFields } from "@/components/connectors/address-fields";
import { ConnectorForm } from "@/components/connectors/connector-form";
import { PolicyFields } from "@/components/connectors/policy-fields";
import { Field } from "@/components/forms/field";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { Input } from "@/components/ui/input";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { CONNECTOR_KIND_LABELS, CONNECTOR_KINDS, type ConnectorKind } from "@/lib/domain/connector/kinds";
import { listMachineIdentities } from "@/lib/services/connectors/machine-identities";
import { listFeedNames } from "@/lib/services/feeds/list-feed-names";

import { newConnectorAction } from "../actions";
import { readPresets } from "../presets";

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Connect a destination" };

const paramsSchema = z.object({ kind: z.enum(CONNECTOR_KINDS).catch("defender") });
const FEEDS_SHOWN = 200;

/** Guides a team's owner through app registration, permission and consent, and tries it before it is saved. */
export default async function NewConnectorPage({ params, searchParams }: Props) {
  const { actor, team } = await requirePage("connector.write", (await params).team);
  const { kind } = paramsSchema.parse(await searchParams);
  const [presets, feeds] = await Promise.all([
    readPresets(),
    listFeedNames(actor, { teamId: team.id, limit: FEEDS_SHOWN }),
  ]);
  const base = `/t/${team.slug}/connectors`;
  const identities = actor.isAdministrator ? listMachineIdentities() : [];

  return (
    <>
      <PageHeader
        title="Connect a destination"
        description="Your team’s own app registration: the portal then shows whose indicator it is."
        crumbs={[{ label: "Connectors", href: base }]}
      />
      <LinkTabs
        label="Destination"
        tabs={CONNECTOR_KINDS.map((name) => ({
          href: `${base}/new?kind=${name}`,
          label: CONNECTOR_KIND_LABELS[name],
          isCurrent: name === kind,
        }))}
      />
      <div className="mt-4 grid grid-cols-1 items-start gap-6 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Card>
          <CardBody>
            <ConnectorForm
              key={kind}
              action={newConnectorAction}
              label={`Connect ${CONNECTOR_KIND_LABELS[kind]}`}
              saveLabel="Save connector"
              canTest
            >
              <HiddenFields values={{ team: team.slug, kind }} />
              <Field
                name="name"
                label="Name"
                hint="As it stands in lists, such as “Defender Contoso”."
                required
              >
                <Input defaultValue={kind === "defender" ? "Defender" : "Sentinel"} autoComplete="off" />
              </Field>
              <AddressFields kind={kind} presets={presets} identities={identities} />
              <PolicyFields kind={kind} feeds={feeds} />
            </ConnectorForm>
          </CardBody>
        </Card>
        <Guide kind={kind} hasSandbox={presets.length > 0} />
      </div>
    </>
  );
}

const Guide = ({ kind, hasSandbox }: { kind: ConnectorKind; hasSandbox: boolean }) => (
  <div className="space-y-4">
    {hasSandbox && (
      <Callout tone="info" title="Just trying it out?" role="note">
        Choose one of the sandbox’s applications in the form; it fills every field. Nothing leaves this
        machine.
      </Callout>
    )}
    <Card>
      <CardHeader title="In Microsoft Entra ID" />
      <CardBody className="space-y-3 text-sm">
        {kind === "defender" ? (
          <ol className="list-decimal space-y-2 pl-5">
            <li>Register an application for this team; its name becomes “Created by” in the portal.</li>
            <li>
              Add the application permission <strong>Ti.ReadWrite</strong> of{" "}
              <strong>WindowsDefenderATP</strong>. With <strong>Ti.ReadWrite.All</strong> Sluice can also show
              what others hold of the 15,000 places.
            </li>
            <li>A Global or Privileged Role Administrator grants admin consent.</li>
            <li>Make a client secret and copy its value.</li>
          </ol>
        ) : (
          <ol className="list-decimal space-y-2 pl-5">
            <li>Register an application for this team.</li>
            <li>
              On the Log Analytics workspace, assign it the role{" "}
              <strong>Microsoft Sentinel Contributor</strong>. It takes some minutes to spread.
            </li>
            <li>Make a client secret and copy its value.</li>
          </ol>
        )}
        <CodeBlock label="Azure CLI" code={kind === "defender" ? DEFENDER_SCRIPT : SENTINEL_SCRIPT} />
      </CardBody>
    </Card>
  </div>
);

const DEFENDER_SCRIPT = `APP_ID=$(az ad app create --display-name "Sluice - My team" --query appId -o tsv)
az ad sp create --id $APP_ID
API=$(az ad sp list --display-name WindowsDefenderATP --query "[0].appId" -o tsv)
ROLE=$(az ad sp show --id $API --query "appRoles[?value=='Ti.ReadWrite'].id | [0]" -o tsv)
az ad app permission add --id $APP_ID --api $API --api-permissions $ROLE=Role
az ad app permission admin-consent --id $APP_ID
az ad app credential reset --id $APP_ID --years 1`;

const SENTINEL_SCRIPT = `APP_ID=$(az ad app create --display-name "Sluice - My team" --query appId -o tsv)
az ad sp create --id $APP_ID
az role assignment create --assignee $APP_ID --role "Microsoft Sentinel Contributor" \\
  --scope $(az monitor log-analytics workspace show -g MY-GROUP -n MY-WORKSPACE --query id -o tsv)
az ad app credential reset --id $APP_ID --years 1`;
