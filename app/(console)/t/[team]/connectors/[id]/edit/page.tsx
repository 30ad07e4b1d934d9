import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { AddressFields } from "@/components/connectors/address-fields";
import { ConnectorForm } from "@/components/connectors/connector-form";
import { PolicyFields } from "@/components/connectors/policy-fields";
import { WordingFields } from "@/components/connectors/wording-fields";
import { Field } from "@/components/forms/field";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { Card, CardBody } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { PageHeader } from "@/components/ui/page-header";
import { writeDaysByType } from "@/lib/actions/days-by-type";
import { requirePage } from "@/lib/auth/require-page";
import { CREDENTIAL_KIND_LABELS } from "@/lib/domain/connector/credential-life";
import { env } from "@/lib/env/server";
import { countNetworks } from "@/lib/services/connectors/count-networks";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { listUntakenTypes } from "@/lib/services/connectors/list-untaken-types";
import { textLimits } from "@/lib/services/connectors/text-limits";
import { listFeedNames } from "@/lib/services/feeds/list-feed-names";
import { nameFeeds } from "@/lib/services/feeds/name-feeds";

import { orNotFound, readId } from "../../../../../or-not-found";
import { countNetworksAction, editConnectorAction } from "../../actions";

type Props = { params: Promise<{ team: string; id: string }> };

export const metadata: Metadata = { title: "Edit connector" };

const FEEDS_SHOWN = 500;

/** A connector's settings. Kind and cloud stay; an empty secret keeps the stored one. */
export default async function EditConnectorPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("connector.write", slug);
  const [connector, feeds] = await Promise.all([
    orNotFound(getConnector(actor, readId(id))),
    listFeedNames(actor, { teamId: team.id, limit: FEEDS_SHOWN }),
  ]);
  if (connector.teamId !== team.id) notFound();
  const base = `/t/${team.slug}/connectors`;
  const { selection, rules, credential, approvalLoosened: loosened } = connector;
  const chosen = [...(selection.feeds ?? []), ...rules.flatMap(({ when }) => when.feeds ?? [])];
  const [networks, named] = await Promise.all([
    countNetworks(team.id, selection),
    nameFeeds(actor, { teamId: team.id, ids: chosen }),
  ]);
  const unlisted = named.filter(({ id: feedId }) => feeds.every((feed) => feed.id !== feedId));

  return (
    <>
      <PageHeader
        title={`Edit ${connector.name}`}
        crumbs={[
          { label: "Connectors", href: base },
          { label: connector.name, href: `${base}/${connector.id}` },
        ]}
      />
      <Card>
        <CardBody>
          <ConnectorForm
            action={editConnectorAction}
            label={`Edit ${connector.name}`}
            saveLabel="Save changes"
            canTest={false}
          >
            <HiddenFields values={{ team: team.slug, id: connector.id, version: connector.version }} />
            <Field name="name" label="Name" required>
              <Input defaultValue={connector.name} autoComplete="off" />
            </Field>
            <AddressFields
              kind={connector.kind}
              presets={[]}
              cloud={connector.cloud}
              deviceGroups={connector.deviceGroups}
              initial={{
                tenantId: connector.tenantId,
                clientId: connector.clientId,
                workspaceId: connector.workspaceId ?? "",
                subscriptionId: connector.subscriptionId ?? "",
                resourceGroup: connector.resourceGroup ?? "",
                workspaceName: connector.workspaceName ?? "",
              }}
              credentialHref={`${base}/${connector.id}/credential`}
              storedSecret={
                credential
                  ? `${CREDENTIAL_KIND_LABELS[credential.kind]}, ${credential.createdAt.toISOString().slice(0, 10)}`
                  : undefined
              }
            />
            <PolicyFields
              kind={connector.kind}
              feeds={[...feeds, ...unlisted]}
              untaken={listUntakenTypes(connector.kind)}
              networks={{ initial: networks, count: countNetworksAction }}
              values={{
                action: connector.action,
                severity: connector.severity,
                expiryDays: connector.expiryDays,
                expiryByType: writeDaysByType(connector.expiryByType),
                rules,
                mode: connector.mode,
                reconcileMinutes: connector.reconcileMinutes,
                driftMode: connector.driftMode,
                minConfidence: selection.minConfidence,
                maxTlp: selection.maxTlp,
                types: selection.types,
                feeds: selection.feeds,
                approval: connector.approval,
                loosened: loosened && { ...loosened, isReader: loosened.by === actor.userId },
                automaticLimits: connector.automaticLimits,
                gate: connector.gate,
                tags: selection.tags,
                maxAgeDays: selection.maxAgeDays,
                expandNetworksUpTo: selection.expandNetworksUpTo,
              }}
            />
            <WordingFields
              team={{ slug: team.slug, name: team.name }}
              initial={{
                title: connector.titleTemplate ?? "",
                description: connector.descriptionTemplate ?? "",
              }}
              limits={textLimits(connector.kind)}
              appUrl={env().APP_URL}
            />
          </ConnectorForm>
        </CardBody>
      </Card>
    </>
  );
}
