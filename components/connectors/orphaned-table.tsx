import { DataTable } from "@/components/data-table/data-table";
import { Card, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { TextLink } from "@/components/ui/text-link";
import { CONNECTOR_KIND_LABELS, type ConnectorKind } from "@/lib/domain/connector/kinds";

import { TenantName } from "./tenant-name";

type Orphaned = {
  connectorId: string;
  connector: string;
  team: string;
  teamName: string;
  kind: ConnectorKind;
  tenantId: string;
  tenantName: string | null;
  records: number;
};

/** Whose records nobody can change any more, and where to mend it. */
export const OrphanedTable = ({ rows }: { rows: readonly Orphaned[] }) => (
  <Card>
    <CardHeader
      title="Orphaned records"
      description="Their makers’ applications cannot sign in any more, and only the maker of a record may change it. They stand until they expire. Give the connector a secret that works and test it; the next push or comparison takes them up again."
    />
    <DataTable
      caption="Orphaned records"
      rows={rows}
      rowKey={({ connectorId, tenantId }) => `${connectorId} ${tenantId}`}
      empty={null}
      columns={[
        {
          id: "connector",
          header: "Connector",
          isRowHeader: true,
          cell: ({ connector, connectorId, team }) => (
            <TextLink href={`/t/${team}/connectors/${connectorId}`}>{connector}</TextLink>
          ),
        },
        { id: "team", header: "Team", cell: ({ teamName }) => teamName },
        {
          id: "destination",
          header: "Destination",
          isWideOnly: true,
          cell: ({ kind, tenantId, tenantName }) => (
            <>
              {CONNECTOR_KIND_LABELS[kind]}, tenant <TenantName tenantId={tenantId} tenantName={tenantName} />
            </>
          ),
        },
        {
          id: "records",
          header: "Records",
          isNumeric: true,
          cell: ({ records }) => <Count value={records} />,
        },
      ]}
    />
  </Card>
);
