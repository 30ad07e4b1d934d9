import type { Metadata } from "next";
import { z } from "zod";

import { GrantTable } from "@/components/connectors/grant-table";
import { SetupForm } from "@/components/connectors/setup-form";
import { ActionButton } from "@/components/forms/action-button";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { ConnectionChecks } from "@/components/connectors/connection-checks";
import { CodeBlock } from "@/components/ui/code-block";
import { LinkButton } from "@/components/ui/link-button";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { CLOUDS, CONNECTOR_KIND_LABELS, CONNECTOR_KINDS } from "@/lib/domain/connector/kinds";
import { azScript } from "@/lib/domain/connector/setup/az-script";
import { powershellScript } from "@/lib/domain/connector/setup/powershell-script";
import { grantsOf, hasEnd, SETUP_PROOFS, type Setup } from "@/lib/domain/connector/setup/setup";
import { GROUPS_PERMISSION } from "@/lib/domain/connector/where-it-holds";
import { STATISTICS_PERMISSIONS } from "@/lib/domain/delivery/prevalence";
import { getConnector, type OneConnector } from "@/lib/services/connectors/get-connector";

import { orNotFound } from "../../../../or-not-found";
import { testConnectorAction } from "../actions";

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "How to set up Entra ID" };

const short = z.string().max(120).catch("");
const paramsSchema = z.object({
  kind: z.enum(CONNECTOR_KINDS).catch("defender"),
  /** A saved connector that the page is filled in with. */
  connector: z.uuid().optional().catch(undefined),
  cloud: z.enum(CLOUDS).optional().catch(undefined),
  ...{ name: short, tenantId: short, subscriptionId: short, resourceGroup: short, workspaceName: short },
  proof: z.enum(SETUP_PROOFS).catch("certificate"),
  readsOwnEnd: z.literal("on").optional().catch(undefined),
  readsPrevalence: z.literal("on").optional().catch(undefined),
});
type Asked = z.output<typeof paramsSchema>;

const MAKES_IT =
  "Each makes the application, waits until it is known everywhere, grants the right and prints what Sluice asks for.";

/** From nothing to a connector that works: what to grant, who must, scripts to copy, and a test that names what is missing. */
export default async function GuidePage({ params, searchParams }: Props) {
  const { actor, team } = await requirePage("connector.read", (await params).team);
  const asked = paramsSchema.parse(await searchParams);
  const connector =
    asked.connector === undefined ? null : await orNotFound(getConnector(actor, asked.connector));
  const setup = toSetup(asked, connector?.teamId === team.id ? connector : null, team.name);
  const base = `/t/${team.slug}/connectors`;
  const mayWrite = can(actor, "connector.write", team.id);

  return (
    <>
      <PageHeader
        title="How to set up Entra ID"
        description={`${WHOSE[setup.proof]}, with exactly the right that the destination asks for.`}
        crumbs={[
          { label: "Connectors", href: base },
          ...(connector ? [{ label: connector.name, href: `${base}/${connector.id}` }] : []),
        ]}
      />
      {connector === null && (
        <LinkTabs
          label="Destination"
          tabs={CONNECTOR_KINDS.map((kind) => ({
            href: `${base}/guide?kind=${kind}`,
            label: CONNECTOR_KIND_LABELS[kind],
            isCurrent: kind === setup.kind,
          }))}
        />
      )}
      <div className="space-y-6">
        <Card>
          <CardHeader title="1. What to grant, and who must" />
          <GrantTable grants={grantsOf(setup)} />
          {setup.kind === "defender" && <WholeTenant />}
        </Card>
        <Card>
          <CardHeader
            title={
              setup.proof === "managed-identity"
                ? "2. Grant it to the identity"
                : "2. Make the app registration"
            }
            description={`Fill in the names, then copy one of the two scripts. ${WHAT_IT_DOES[setup.proof]} Both run on every system.`}
          />
          <CardBody className="space-y-4">
            <SetupForm setup={setup} connectorId={connector?.id} />
            <CodeBlock label="Azure CLI (bash)" code={azScript(setup)} />
            <CodeBlock label="PowerShell" code={powershellScript(setup)} />
            {!hasEnd(setup.proof) && (
              <p className="text-muted text-sm">
                {setup.proof === "managed-identity"
                  ? "Sluice has to run where Azure gives it this identity, web and every worker alike."
                  : "Web and every worker have to run under service accounts that the application trusts."}{" "}
                Only an administrator may choose it for a connector: it is the installation’s, and a connector
                that signs in with it acts with all that was granted to it.
              </p>
            )}
          </CardBody>
        </Card>
        <TestCard connector={connector} team={team.slug} kind={setup.kind} mayWrite={mayWrite} />
      </div>
    </>
  );
}

const OWN = "An app registration of the team’s own";
const WHOSE: Readonly<Record<Setup["proof"], string>> = {
  certificate: OWN,
  secret: OWN,
  "managed-identity": "The identity that Azure gives the server",
  "workload-identity": OWN,
};

const WHAT_IT_DOES: Readonly<Record<Setup["proof"], string>> = {
  certificate: MAKES_IT,
  secret: MAKES_IT,
  "managed-identity":
    "Azure made the identity already: each finds it by its name, grants the right and prints what Sluice asks for.",
  "workload-identity": `${MAKES_IT} Nothing has to be kept: the application trusts the token of the cluster’s service account.`,
};

const WholeTenant = () => (
  <CardBody className="text-muted text-sm">
    <p>
      Grant <strong>Ti.ReadWrite</strong>: Microsoft then lets the application change its own records alone.
      With <strong>Ti.ReadWrite.All</strong> it could overwrite and delete what other tools and people put
      into the tenant. Sluice does neither: it reads who holds what and leaves that alone. To have others’
      records counted and left out of plans without that power, add <strong>Ti.Read.All</strong> beside
      Ti.ReadWrite.
    </p>
    <p className="mt-2">
      For <strong>device groups</strong> nothing more is granted: a record is sent with their names as you
      write them. With <strong>{GROUPS_PERMISSION}</strong> the test below also looks whether the tenant has
      groups of these names; without it nobody does, so compare the spelling. An application whose own access
      is limited to some groups cannot remove records of others.
    </p>
    <p className="mt-2">
      With <strong>{Object.values(STATISTICS_PERMISSIONS).join(", ")}</strong>, plans say on how many devices
      what they would block is seen, and a gate can ask for it. Tick it below, and the scripts grant them as
      well.
    </p>
  </CardBody>
);

type TestProps = { connector: OneConnector | null; team: string; kind: Setup["kind"]; mayWrite: boolean };

const TestCard = ({ connector, team, kind, mayWrite }: TestProps) => (
  <Card>
    <CardHeader
      title="3. Test it"
      description="Sluice asks for a token, reads, and tries a write that changes nothing. A grant that is missing is named, with where to give it. New grants take some minutes to spread."
    />
    <CardBody className="space-y-4">
      {connector?.lastTest && <ConnectionChecks checks={connector.lastTest.checks} />}
      {mayWrite && connector !== null && (
        <ActionButton action={testConnectorAction} values={{ team, id: connector.id }} variant="primary">
          Test connection
        </ActionButton>
      )}
      {mayWrite && connector === null && (
        <LinkButton href={`/t/${team}/connectors/new?kind=${kind}`} variant="primary">
          Enter it and test
        </LinkButton>
      )}
    </CardBody>
  </Card>
);

/** A managed identity has its name already; that of an application not made yet is none. */
const nameOf = ({ name, proof }: Asked, team: string): string => {
  const usual = `Sluice - ${team}`;
  if (proof === "managed-identity") return name === usual ? "" : name;
  return name || usual;
};

const toSetup = (asked: Asked, connector: OneConnector | null, team: string): Setup => ({
  kind: connector?.kind ?? asked.kind,
  cloud: asked.cloud ?? connector?.cloud ?? "public",
  applicationName: nameOf(asked, team),
  tenantId: asked.tenantId || (connector?.tenantId ?? ""),
  subscriptionId: asked.subscriptionId || (connector?.subscriptionId ?? ""),
  resourceGroup: asked.resourceGroup || (connector?.resourceGroup ?? ""),
  workspaceName: asked.workspaceName || (connector?.workspaceName ?? ""),
  proof: asked.proof,
  readsOwnEnd: asked.readsOwnEnd === "on" && hasEnd(asked.proof),
  // What its own gate asks for is granted in any case.
  readsPrevalence: asked.readsPrevalence === "on" || typeof connector?.gate?.maxPrevalence === "number",
});
