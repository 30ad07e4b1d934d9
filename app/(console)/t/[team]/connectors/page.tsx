import { Plug } from "lucide-react";
import type { Metadata } from "next";

import { CredentialLifeBadge } from "@/components/connectors/credential-life-badge";
import { ConnectorStateBadge, type ShownConnectorState } from "@/components/connectors/delivery-state-badges";
import { DataTable } from "@/components/data-table/data-table";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { CONNECTOR_KIND_LABELS } from "@/lib/domain/connector/kinds";
import { listConnectors, type ConnectorWithHealth } from "@/lib/services/connectors/list-connectors";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Connectors" };

const SHOWN = 200;

/** The team's ways to Defender and Sentinel. */
export default async function ConnectorsPage({ params }: Props) {
  const { actor, team } = await requirePage("connector.read", (await params).team);
  const { connectors } = await listConnectors(actor, { teamIds: [team.id], limit: SHOWN, after: null });
  const base = `/t/${team.slug}/connectors`;
  const now = new Date();
  const mayConnect = can(actor, "connector.write", team.id);
  const connect = (
    <LinkButton href={`${base}/new`} variant="primary">
      Connect a destination
    </LinkButton>
  );

  return (
    <>
      <PageHeader
        title="Connectors"
        description="The team’s own ways to Defender and Sentinel, each with its app registration."
        actions={mayConnect && connect}
      />
      <Card>
        <DataTable
          caption="Connectors"
          rows={connectors}
          rowKey={({ id }) => id}
          empty={
            <EmptyState icon={Plug} title="No destination yet" action={mayConnect && connect}>
              A connector is your team’s app registration at one Defender tenant or one Sentinel workspace.
              Without one, indicators stay here.
            </EmptyState>
          }
          columns={[
            {
              id: "name",
              header: "Connector",
              isRowHeader: true,
              cell: ({ id, name }) => <TextLink href={`${base}/${id}`}>{name}</TextLink>,
            },
            { id: "kind", header: "Destination", cell: ({ kind }) => CONNECTOR_KIND_LABELS[kind] },
            {
              id: "state",
              header: "State",
              cell: (row) => <ConnectorStateBadge state={stateOf(row)} isPlain />,
            },
            {
              id: "credential",
              header: "Secret",
              cell: ({ credential }) =>
                credential ? (
                  <CredentialLifeBadge life={credential} now={now} isPlain />
                ) : (
                  <Badge tone="danger">None</Badge>
                ),
            },
            {
              id: "mode",
              header: "Mode",
              cell: ({ mode, enabled }) => (enabled ? mode : <Badge tone="warning">Paused</Badge>),
              isWideOnly: true,
            },
            { id: "live", header: "Live", isNumeric: true, cell: ({ live }) => <Count value={live} /> },
            {
              id: "failed",
              header: "Refused",
              isNumeric: true,
              cell: ({ failed }) => <Count value={failed} />,
            },
            {
              id: "push",
              header: "Last push",
              cell: ({ lastPush }) => <RelativeTime at={lastPush?.finishedAt ?? lastPush?.queuedAt} />,
            },
          ]}
        />
      </Card>
    </>
  );
}

const stateOf = ({ lastTest, lastPush, credential }: ConnectorWithHealth): ShownConnectorState => {
  if (credential?.refusedAt || lastTest?.ok === false || lastPush?.state === "stopped") return "failing";
  return lastTest === null && lastPush === null ? "untested" : "ready";
};
