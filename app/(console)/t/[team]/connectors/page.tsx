import { Plug } from "lucide-react";
import type { Metadata } from "next";

import { CredentialLifeBadge } from "@/components/connectors/credential-life-badge";
import { ConnectorStateBadge, type ShownConnectorState } from "@/components/connectors/delivery-state-badges";
import { DataTable } from "@/components/data-table/data-table";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { EmptyState } from "@/components/ui/empty-state";
import { formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { lowerFirst } from "@/components/ui/lower-first";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { CONNECTOR_KIND_LABELS, CONNECTOR_MODE_LABELS } from "@/lib/domain/connector/kinds";
import { tenantWords } from "@/lib/domain/connector/tenant";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import { listConnectors, type ConnectorWithHealth } from "@/lib/services/connectors/list-connectors";
import { getStopOfAll } from "@/lib/services/delivery/delivery-stop";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Connectors" };

const SHOWN = 200;

/** The team's ways to Defender and Sentinel. */
export default async function ConnectorsPage({ params }: Props) {
  const { actor, team } = await requirePage("connector.read", (await params).team);
  const { connectors } = await listConnectors(actor, { teamIds: [team.id], limit: SHOWN, after: null });
  const isStoppedForAll = (await getStopOfAll()) !== null;
  const stateOf = (row: ConnectorWithHealth) => (isStoppedForAll ? "stopped" : stateOfOne(row));
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
              cell: (row) => (
                <>
                  <TextLink href={`${base}/${row.id}`}>{row.name}</TextLink>
                  {/* All of it in one column, where there is room for one. */}
                  <span className="mt-1 block space-y-1 pb-1 text-sm font-normal lg:hidden">
                    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                      <ConnectorStateBadge state={stateOf(row)} isPlain />
                      <Secret row={row} now={now} />
                    </span>
                    <span className="text-muted block">
                      {CONNECTOR_KIND_LABELS[row.kind]} at {tenantWords(row)},{" "}
                      {lowerFirst(CONNECTOR_MODE_LABELS[row.mode])}
                    </span>
                    <span className="block">
                      {formatNumber(row.live)} live, {formatNumber(row.failed)}{" "}
                      {lowerFirst(OUTCOME_WORDS.failed)}
                    </span>
                  </span>
                </>
              ),
            },
            {
              id: "kind",
              header: "Destination",
              cell: (row) => (
                <>
                  {CONNECTOR_KIND_LABELS[row.kind]}
                  <span className="text-muted block text-xs" title={row.tenantId}>
                    {tenantWords(row)}
                  </span>
                </>
              ),
              isWideOnly: true,
            },
            {
              id: "state",
              header: "State",
              cell: (row) => <ConnectorStateBadge state={stateOf(row)} isPlain />,
              isWideOnly: true,
            },
            {
              id: "credential",
              header: "Secret",
              cell: (row) => <Secret row={row} now={now} />,
              isWideOnly: true,
            },
            {
              id: "mode",
              header: "Mode",
              cell: ({ mode }) => CONNECTOR_MODE_LABELS[mode],
              isWideOnly: true,
            },
            {
              id: "live",
              header: "Live",
              isNumeric: true,
              cell: ({ live }) => <Count value={live} />,
              isWideOnly: true,
            },
            {
              id: "failed",
              header: OUTCOME_WORDS.failed,
              isNumeric: true,
              cell: ({ id, failed }) =>
                failed === 0 ? (
                  <Count value={failed} />
                ) : (
                  <TextLink href={`${base}/${id}/receipts?state=failed`}>
                    <Count value={failed} />
                  </TextLink>
                ),
              isWideOnly: true,
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

const Secret = ({ row: { credential }, now }: { row: ConnectorWithHealth; now: Date }) =>
  credential ? (
    <CredentialLifeBadge life={credential} now={now} isPlain />
  ) : (
    <Badge tone="danger">No secret</Badge>
  );

const stateOfOne = (row: ConnectorWithHealth): ShownConnectorState => {
  const { stop, enabled, lastTest, lastPush, credential } = row;
  if (stop) return "stopped";
  if (credential?.refusedAt || lastTest?.ok === false || lastPush?.state === "stopped") return "failing";
  if (!enabled) return "paused";
  return lastTest === null && lastPush === null ? "untested" : "ready";
};
