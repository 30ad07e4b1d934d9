import type { Metadata } from "next";
import { z } from "zod";

import { AddressFields } from "@/components/connectors/address-fields";
import { ConnectorForm } from "@/components/connectors/connector-form";
import { PolicyFields } from "@/components/connectors/policy-fields";
import { WordingFields } from "@/components/connectors/wording-fields";
import { Field } from "@/components/forms/field";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { CONNECTOR_KIND_LABELS, CONNECTOR_KINDS, type ConnectorKind } from "@/lib/domain/connector/kinds";
import { grantsOf } from "@/lib/domain/connector/setup/setup";
import { STATISTICS_PERMISSIONS } from "@/lib/domain/delivery/prevalence";
import { env } from "@/lib/env/server";
import { countNetworks } from "@/lib/services/connectors/count-networks";
import { listNeighbours } from "@/lib/services/connectors/list-neighbours";
import { listMachineIdentities } from "@/lib/services/connectors/machine-identities";
import { listUntakenTypes } from "@/lib/services/connectors/list-untaken-types";
import { textLimits } from "@/lib/services/connectors/text-limits";
import { listFeedNames } from "@/lib/services/feeds/list-feed-names";

import { countNetworksAction, newConnectorAction } from "../actions";
import { readPresets } from "../presets";

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Connect a destination" };

const paramsSchema = z.object({ kind: z.enum(CONNECTOR_KINDS).catch("defender") });
const FEEDS_SHOWN = 500;

/** Guides a team's owner through app registration, permission and consent, and tries it before it is saved. */
export default async function NewConnectorPage({ params, searchParams }: Props) {
  const { actor, team } = await requirePage("connector.write", (await params).team);
  const { kind } = paramsSchema.parse(await searchParams);
  const [presets, networks, feeds, neighbours] = await Promise.all([
    readPresets(),
    countNetworks(team.id, { feeds: null, types: null }),
    listFeedNames(actor, { teamId: team.id, limit: FEEDS_SHOWN }),
    listNeighbours(team.id, kind),
  ]);
  const base = `/t/${team.slug}/connectors`;
  const identities = actor.isAdministrator ? listMachineIdentities() : [];

  return (
    <>
      <PageHeader
        title="Connect a destination"
        description={ABOUT[kind]}
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
              <AddressFields kind={kind} presets={presets} identities={identities} neighbours={neighbours} />
              <PolicyFields
                kind={kind}
                feeds={feeds}
                untaken={listUntakenTypes(kind)}
                networks={{ initial: networks, count: countNetworksAction }}
              />
              <WordingFields
                team={{ slug: team.slug, name: team.name }}
                initial={{ title: "", description: "" }}
                limits={textLimits(kind)}
                appUrl={env().APP_URL}
              />
            </ConnectorForm>
          </CardBody>
        </Card>
        <Guide kind={kind} base={base} hasSandbox={presets.length > 0} />
      </div>
    </>
  );
}

const ABOUT: Readonly<Record<ConnectorKind, string>> = {
  defender: "Your team’s own app registration: the portal then shows whose indicator it is.",
  sentinel: "Your team’s own app registration; labels of each indicator say whose it is.",
};

type GuideProps = { kind: ConnectorKind; base: string; hasSandbox: boolean };

const Guide = ({ kind, base, hasSandbox }: GuideProps) => (
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
        <p>
          The team needs an app registration of its own
          {kind === "defender" ? "; its name becomes “Created by” in the portal." : "."}
        </p>
        <ul className="list-disc space-y-2 pl-5">
          {grantsOf({ kind, readsOwnEnd: false, readsPrevalence: false }).map(({ what, of, by }) => (
            <li key={what}>
              <strong>{what}</strong> of {of}. {by}
            </li>
          ))}
          {kind === "defender" && (
            <li>
              <strong>Ti.ReadWrite</strong> is enough, and the safer choice: the application can change its
              own records alone. With <strong>Ti.ReadWrite.All</strong> it could change and delete
              everybody’s. Sluice does not: it then shows what others hold of the 15,000 places and leaves
              that alone.
            </li>
          )}
          {kind === "defender" && (
            <li>
              With <strong>{Object.values(STATISTICS_PERMISSIONS).join(", ")}</strong> beside it, plans say on
              how many devices what they would block is seen.
            </li>
          )}
        </ul>
        <LinkButton href={`${base}/guide?kind=${kind}`}>Step by step, with scripts to copy</LinkButton>
      </CardBody>
    </Card>
  </div>
);
