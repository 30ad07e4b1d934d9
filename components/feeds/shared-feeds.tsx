import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { Badge } from "@/components/ui/badge";
import { Count } from "@/components/ui/count";
import { None } from "@/components/ui/key-value";
import { LinkButton } from "@/components/ui/link-button";
import { Section } from "@/components/ui/section";
import { TextLink } from "@/components/ui/text-link";

type SharedFeed = {
  id: string;
  name: string;
  provider: string;
  active: number;
  subscriptionId: string | null;
};
type Props = { team: string; feeds: readonly SharedFeed[]; mayWrite: boolean };

/** What other teams share: name, provider and size, and the way into this team's set. */
export const SharedFeeds = ({ team, feeds, mayWrite }: Props) => {
  if (feeds.length === 0) return null;
  return (
    <Section
      title="Shared by other teams"
      description="Nothing of these is in your team’s set unless your team subscribes, under a policy of its own."
    >
      <DataTable
        caption="Shared by other teams"
        columns={columnsOf(team, mayWrite)}
        rows={feeds}
        rowKey={({ id }) => id}
        empty={null}
      />
    </Section>
  );
};

const columnsOf = (team: string, mayWrite: boolean): Column<SharedFeed>[] => [
  {
    id: "name",
    header: "Feed",
    isRowHeader: true,
    className: "max-w-72 min-w-44",
    cell: ({ name }) => <span className="block truncate font-medium">{name}</span>,
  },
  { id: "provider", header: "Provider", cell: ({ provider }) => (provider === "" ? <None /> : provider) },
  { id: "active", header: "Values", isNumeric: true, cell: ({ active }) => <Count value={active} /> },
  {
    id: "subscription",
    header: "Your team",
    cell: ({ id, name, subscriptionId }) =>
      subscriptionId === null ? (
        mayWrite ? (
          <LinkButton href={`/t/${team}/feeds/shared/${id}`} size="sm" aria-label={`Subscribe to ${name}`}>
            Subscribe
          </LinkButton>
        ) : (
          <span className="text-muted">Does not take it</span>
        )
      ) : (
        <span className="flex items-center gap-2">
          <Badge tone="success">Subscribed</Badge>
          <TextLink href={`/t/${team}/feeds/${subscriptionId}`} className="text-xs">
            {`Open ${name}`}
          </TextLink>
        </span>
      ),
  },
];
