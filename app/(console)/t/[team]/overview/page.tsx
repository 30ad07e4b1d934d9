import { Rss } from "lucide-react";
import type { Metadata } from "next";

import { BarChart } from "@/components/charts/bar-chart";
import { RunStateBadge } from "@/components/feeds/run-state-badge";
import { shownStateOf } from "@/components/feeds/shown-run";
import { AttentionList, type AttentionItem } from "@/components/overview/attention-list";
import { Destinations } from "@/components/overview/destinations";
import { LastPushes } from "@/components/overview/last-pushes";
import { TypesBreakdown } from "@/components/overview/types-breakdown";
import { UnderWay } from "@/components/overview/under-way";
import { Card, CardBody, CardFooter, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { StatTile } from "@/components/ui/stat-tile";
import { StepList, type Step } from "@/components/ui/steps";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import { getTeamOverview, type Attention, type TeamOverview } from "@/lib/services/overview/team-overview";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Overview" };

/** Says in five seconds whether the team's intelligence arrives and leaves, and what needs a person. */
export default async function OverviewPage({ params }: Props) {
  const { actor, team } = await requirePage("team.read", (await params).team);
  const now = new Date();
  const overview = await getTeamOverview(actor, team, now);
  const base = `/t/${team.slug}`;
  const live = overview.connectors.reduce((sum, connector) => sum + connector.live, 0);
  const steps = firstSteps(overview, base);
  const isNew = steps.some(({ state }) => state !== "done");

  return (
    <>
      <PageHeader
        title="Overview"
        description={`What ${team.name} takes in, and what of it stands at Microsoft.`}
        actions={
          can(actor, "indicator.write", team.id) && (
            <LinkButton href={`${base}/indicators/new`} variant="primary">
              Add indicators
            </LinkButton>
          )
        }
      />
      <div className="space-y-6">
        {isNew && can(actor, "feed.write", team.id) && (
          <Card>
            <CardHeader
              title="First steps"
              description="Each is one page and shows what will happen before it happens."
            />
            <CardBody>
              <StepList label="First steps" steps={steps} />
            </CardBody>
          </Card>
        )}
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
          <StatTile
            label="Feeds"
            value={<Count value={overview.feeds.total} />}
            detail={
              overview.feeds.sick === 0
                ? "All well"
                : `${formatNumber(overview.feeds.sick)} ${overview.feeds.sick === 1 ? "needs" : "need"} a look`
            }
            href={`${base}/feeds`}
          />
          <StatTile
            label="Active indicators"
            value={<Count value={overview.indicators.active} />}
            detail={formatCount(overview.indicators.byType.length, "type")}
            href={`${base}/indicators?state=active`}
          />
          <StatTile
            label="Live at destinations"
            value={<Count value={live} />}
            detail={formatCount(overview.connectors.length, "connector")}
            href={`${base}/connectors`}
          />
          <StatTile
            label="Needs a person"
            value={<Count value={overview.attention.length} />}
            detail={overview.attention.length === 0 ? "Nothing" : "See below"}
          />
        </div>
        <AttentionList items={overview.attention.map((item) => toItem(item, base))} />
        <UnderWay pushes={overview.underWay} base={base} />
        <div className="grid grid-cols-1 gap-6 xl:grid-cols-2">
          <Destinations connectors={overview.connectors} base={base} now={now} />
          <Card>
            <CardHeader title="Indicators by type" description="Active ones, each value once." />
            <CardBody>
              {overview.indicators.byType.length === 0 ? (
                <EmptyState icon={Rss} title="No indicators yet">
                  They come from the team’s feeds and from its own list.
                </EmptyState>
              ) : (
                <TypesBreakdown
                  rows={overview.indicators.byType.map(({ type, count }) => ({
                    label: INDICATOR_TYPE_LABELS[type],
                    count,
                    href: `${base}/indicators?state=active&type=${type}`,
                  }))}
                />
              )}
            </CardBody>
          </Card>
        </div>
        <Card>
          <CardHeader
            title="Last 14 days"
            description="What runs and people added and removed, by day (UTC)."
          />
          <CardBody>
            <BarChart
              title="Added and removed"
              unit="indicators"
              series={[
                { key: "added", label: "Added", color: 1 },
                { key: "removed", label: "Removed", color: 4 },
              ]}
              points={overview.days.map(({ day, added, removed }) => ({
                label: day.slice(5),
                values: { added, removed: -removed },
              }))}
            />
          </CardBody>
        </Card>
        <div className="grid grid-cols-1 gap-6 xl:grid-cols-2">
          <LastRuns runs={overview.lastRuns} base={base} />
          <LastPushes pushes={overview.lastPushes} underWay={overview.underWay} base={base} />
        </div>
      </div>
    </>
  );
}

const VERBS: Readonly<Record<Attention["kind"], string>> = {
  "held-run": "Decide",
  "failing-feed": "Look",
  "refused-feed": "Look",
  "stale-feed": "Look",
  "overdue-feed": "Look",
  "barren-feed": "Look",
  "ended-share": "Feeds",
  "failed-items": "See which",
  "stopped-push": "Look",
  "waiting-push": "Look",
  "failed-test": "Fix",
  "secret-expiry": "Renew",
  "secret-refused": "Renew",
  full: "Look",
  "waiting-plan": "Look",
  "beyond-limits": "Look",
  "stopped-sending": "Look",
  proposals: "Review",
  unplanned: "Plan",
  lapsing: "Plan",
  drift: "Plan",
  "drift-asked": "Decide",
  uncompared: "Look",
  strangers: "Decide",
  unlike: "See how",
};

const toItem = ({ kind, message, path }: Attention, base: string): AttentionItem => ({
  message,
  href: `${base}/${path}`,
  verb: VERBS[kind],
});

const firstSteps = ({ connectors, feeds, lastPushes }: TeamOverview, base: string): Step[] => {
  const done = [
    connectors.length > 0,
    feeds.list.some(({ kind }) => kind !== "local"),
    lastPushes.length > 0,
  ];
  const current = done.indexOf(false);
  const state = (index: number): Step["state"] =>
    done[index] === true ? "done" : index === current ? "current" : "next";
  const firstConnector = connectors[0];
  return [
    {
      title: "Connect a destination",
      detail: "Defender or Sentinel, with your team’s own app registration; or the sandbox, to try it.",
      state: state(0),
      action: <LinkButton href={`${base}/connectors/new`}>Connect</LinkButton>,
    },
    {
      title: "Add a feed",
      detail: "Any list by its address, with a preview of what each row becomes.",
      state: state(1),
      action: <LinkButton href={`${base}/feeds/new`}>Add a feed</LinkButton>,
    },
    {
      title: "Review the first plan",
      detail: "What would be added, what stays out and why. Nothing is sent before you apply it.",
      state: state(2),
      action: firstConnector && (
        <LinkButton href={`${base}/connectors/${firstConnector.id}`}>Open {firstConnector.name}</LinkButton>
      ),
    },
  ];
};

const LastRuns = ({ runs, base }: { runs: TeamOverview["lastRuns"]; base: string }) => (
  <Card>
    <CardHeader title="Last runs" />
    <CardBody className="p-0">
      <TableScroll label="Last runs">
        <Table>
          <thead>
            <tr>
              <Th>Feed</Th>
              <Th>State</Th>
              <Th isNumeric>Added</Th>
              <Th isNumeric>Removed</Th>
              <Th>When</Th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <Tr key={run.id}>
                <RowTh>
                  <TextLink href={`${base}/runs/${run.id}`}>{run.feedName}</TextLink>
                </RowTh>
                <Td>
                  <RunStateBadge state={shownStateOf(run)} isPlain />
                </Td>
                <Td isNumeric>
                  <Count value={run.counts.added} />
                </Td>
                <Td isNumeric>
                  <Count value={run.counts.removed} />
                </Td>
                <Td>
                  <RelativeTime at={run.finishedAt ?? run.startedAt ?? run.queuedAt} />
                </Td>
              </Tr>
            ))}
            {runs.length === 0 && (
              <Tr>
                <Td colSpan={5} className="text-muted">
                  No run yet.
                </Td>
              </Tr>
            )}
          </tbody>
        </Table>
      </TableScroll>
    </CardBody>
    <CardFooter>
      <TextLink href={`${base}/feeds`}>All feeds</TextLink>
    </CardFooter>
  </Card>
);
