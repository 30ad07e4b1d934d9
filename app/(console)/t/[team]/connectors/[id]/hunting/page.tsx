import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { ActionForm } from "@/components/forms/action-form";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { PageHeader } from "@/components/ui/page-header";
import { buttonClass } from "@/components/ui/button-class";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { CONNECTOR_KIND_LABELS, type ConnectorKind } from "@/lib/domain/connector/kinds";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { getHunting } from "@/lib/services/connectors/hunting";

import { orNotFound, readId } from "../../../../../or-not-found";
import { countHeldAction } from "./actions";

type Props = { params: Promise<{ team: string; id: string }> };

/** What a first reader has to try: there was no workspace to try it in. */
const NOT_RUN: Readonly<Record<ConnectorKind, string>> = {
  sentinel:
    "Microsoft’s own parser of KQL takes every query. Whether your workspace has the tables and functions that they name, among them _Im_Dns and ipv4_lookup, and whether the two templates deploy, shows only there: run each once by hand before you rely on it. Deployed rules are switched on.",
  defender:
    "Microsoft’s own parser of KQL takes every query. Whether your tenant has the tables that they name shows only there: run each once by hand before you rely on it.",
};

export const metadata: Metadata = { title: "Queries for a connector" };

/** Queries to copy and templates to deploy, with the team filled in: what is ours there, and where was it seen. */
export default async function HuntingPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("connector.read", slug);
  const connector = await orNotFound(getConnector(actor, readId(id)));
  if (connector.teamId !== team.id) notFound();
  const { queries, workbook } = await getHunting(connector);
  const base = `/t/${team.slug}/connectors`;
  const here = `${base}/${connector.id}/hunting`;

  return (
    <>
      <PageHeader
        title="Queries for the portal"
        description={`For ${CONNECTOR_KIND_LABELS[connector.kind]}, with ${team.name} filled in.`}
        crumbs={[
          { label: "Connectors", href: base },
          { label: connector.name, href: `${base}/${connector.id}` },
        ]}
      />
      <div className="space-y-6">
        <Callout tone="info" title="None of these was tried at Microsoft." role="note">
          {NOT_RUN[connector.kind]}
        </Callout>
        {connector.kind === "sentinel" && can(actor, "push.apply", team.id) && (
          <Card>
            <CardHeader
              title="What it holds of ours"
              description="Asks the workspace how many of the team’s indicators it holds, and sets beside it how many stand there by what it answered."
            />
            <CardBody>
              <ActionForm action={countHeldAction} label="Count ours there">
                <HiddenFields values={{ team: team.slug, id: connector.id }} />
                <FormStatus />
                <SubmitButton variant="secondary" pendingLabel="Counting">
                  Count ours there
                </SubmitButton>
              </ActionForm>
            </CardBody>
          </Card>
        )}
        {workbook !== null && (
          <Card>
            <CardHeader
              title="Templates to deploy"
              description="In the Azure portal: Deploy a custom template, build your own in the editor, load the file, and leave out rules over tables that the workspace does not have. The rules can also be loaded by Sentinel’s Analytics page: Import. Sluice asks nothing of Azure for it."
            />
            <CardBody className="flex flex-wrap gap-2">
              <a href={`${here}/workbook.json`} download className={buttonClass({})}>
                Workbook
              </a>
              <a href={`${here}/rules.json`} download className={buttonClass({})}>
                Analytics rules
              </a>
            </CardBody>
          </Card>
        )}
        {queries.map(({ id: name, title, about, query }) => (
          <Card key={name}>
            <CardHeader title={title} description={about} />
            <CardBody>
              <CodeBlock label={`KQL: ${title}`} code={query} />
            </CardBody>
          </Card>
        ))}
      </div>
    </>
  );
}
