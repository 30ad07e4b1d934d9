import { DataTable } from "@/components/data-table/data-table";
import { Card, CardHeader } from "@/components/ui/card";
import { ExactTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { CREDENTIAL_KIND_LABELS, type CredentialKind } from "@/lib/domain/connector/credential-life";

import { CredentialLifeBadge } from "./credential-life-badge";

type Ending = {
  connectorId: string;
  connector: string;
  team: string;
  teamName: string;
  kind: CredentialKind;
  expiresAt: Date | null;
  refusedAt: Date | null;
};

/** Which secret dies next, over all teams. */
export const EndingCredentialsTable = ({ rows, now }: { rows: readonly Ending[]; now: Date }) => (
  <Card>
    <CardHeader
      title="Secrets and certificates that end"
      description="Refused by Microsoft, over, or over within 60 days. A successor can be staged beside each and takes over without a failed push."
    />
    <DataTable
      caption="Secrets and certificates that end"
      rows={rows}
      rowKey={({ connectorId }) => connectorId}
      empty={null}
      columns={[
        {
          id: "connector",
          header: "Connector",
          isRowHeader: true,
          cell: ({ connector, connectorId, team }) => (
            <TextLink href={`/t/${team}/connectors/${connectorId}/credential`}>{connector}</TextLink>
          ),
        },
        { id: "team", header: "Team", cell: ({ teamName }) => teamName },
        { id: "kind", header: "Signs in with", cell: ({ kind }) => CREDENTIAL_KIND_LABELS[kind] },
        {
          id: "state",
          header: "State",
          cell: (life) => <CredentialLifeBadge life={life} now={now} isPlain />,
        },
        {
          id: "ends",
          header: "Ends",
          cell: ({ expiresAt }) => <ExactTime at={expiresAt} noneLabel="unknown" />,
        },
      ]}
    />
  </Card>
);
