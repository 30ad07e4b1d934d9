import { Pencil, Play, Plus } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { ActiveChart, goodRuns } from "@/components/feeds/active-chart";
import { FeedHealth } from "@/components/feeds/feed-health";
import { FeedSettings } from "@/components/feeds/feed-settings";
import { judgeFeedState } from "@/components/feeds/feed-state";
import { FeedStateBadge } from "@/components/feeds/feed-state-badge";
import { findFollowedRun } from "@/components/feeds/followed-run";
import { HeldCallout } from "@/components/feeds/held-callout";
import { toRunProgress } from "@/components/feeds/run-progress";
import { RejectionCard } from "@/components/feeds/rejection-card";
import { RefusedCallout } from "@/components/feeds/refused-callout";
import { RunTable } from "@/components/feeds/run-table";
import { SharingCard } from "@/components/feeds/sharing-card";
import { SubscriptionSettings } from "@/components/feeds/subscription-settings";
import { ActionButton } from "@/components/forms/action-button";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { LiveProgress } from "@/components/live/live-progress";
import { NotSentNote } from "@/components/recalls/not-sent-note";
import { WithholdDialog } from "@/components/recalls/withhold-dialog";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { Section } from "@/components/ui/section";
import { requirePage } from "@/lib/auth/require-page";
import { can, type Actor } from "@/lib/domain/access/actor";
import { getFeedHealth } from "@/lib/services/feeds/feed-health";
import type { FeedView } from "@/lib/services/feeds/feed-view";
import { getFeed } from "@/lib/services/feeds/get-feed";
import { findGenerationBefore, listRejectionSamples, listRuns } from "@/lib/services/feeds/list-runs";
import type { RunView } from "@/lib/services/feeds/run-view";
import { listConnectors } from "@/lib/services/connectors/list-connectors";
import { listSubscriptions } from "@/lib/services/subscriptions/list-subscriptions";
import { findHolds } from "@/lib/services/withheld/find-holds";

import { orNotFound, readId } from "../../../../or-not-found";
import { checkWithholdAction, withholdAction } from "../../recalls/actions";
import { acceptRunAction, discardRunAction } from "../../runs/actions";
import { deleteFeedAction, runFeedAction, setFeedEnabledAction } from "../actions";
import { shareFeedAction } from "../shared/actions";

export const metadata: Metadata = { title: "Feed" };

type Props = { params: Promise<{ team: string; id: string }> };

const SHOWN_RUNS = 30;

/** One feed: how it fares, what its runs brought, what it is set to, what can be done. */
export default async function FeedPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("feed.read", slug);
  const feed = await orNotFound(getFeed(actor, readId(id)));
  if (feed.teamId !== team.id) notFound();
  const now = new Date();
  // Before the rest: a run that ends between two reads is still under way here, so that it is followed and all is read anew.
  const { runs } = await listRuns(feed, { limit: SHOWN_RUNS, before: null });
  const [{ held, refused, live, ...health }, subscribers, connectors, { ofAll }] = await Promise.all([
    getFeedHealth(feed, now),
    feed.kind === "subscription" ? [] : listSubscriptions(actor, feed.id),
    findConnectorNames(actor, feed),
    findHolds(actor, { teamId: team.id, feedId: feed.id }),
  ]);
  const rejections = live && (await readRejections(feed, live));
  const mayWrite = can(actor, "feed.write", team.id);
  const { lastRun } = health;
  const followed = findFollowedRun(lastRun, runs);
  const state = judgeFeedState({ ...feed, ...health, lastRun: followed ?? lastRun }, now);

  return (
    <>
      <PageHeader
        title={feed.name}
        crumbs={[{ label: "Feeds", href: `/t/${team.slug}/feeds` }, { label: feed.name }]}
        badges={
          <>
            <FeedStateBadge state={state} />
            {ofAll.length > 0 && <Badge tone="warning">Not sent</Badge>}
          </>
        }
        description={
          feed.kind === "local"
            ? "What your team's people added by hand. It flows to the destinations like every other feed."
            : feed.kind === "subscription"
              ? "Shared by another team, taken in under your team's policy. It follows every change of that feed."
              : undefined
        }
        actions={
          <>
            {!ofAll.some(({ scope }) => scope === "feed") && can(actor, "recall.write", team.id) && (
              <WithholdDialog
                team={team.slug}
                values={{ feed: feed.id }}
                trigger="Withdraw everything"
                what={`everything of ${feed.name}`}
                action={withholdAction}
                checkAction={checkWithholdAction}
                canBeEverywhere={feed.visibility === "everyone" && can(actor, "admin.system")}
              />
            )}
            {mayWrite && (
              <Actions team={team.slug} feed={feed} active={health.active} isBusy={state === "running"} />
            )}
          </>
        }
      />
      <div className="space-y-6">
        {followed !== null && (
          <Card>
            <CardBody>
              <LiveProgress
                key={followed.id}
                url={`/api/live/runs/${followed.id}`}
                initial={toRunProgress(followed, now)}
                label={`Run ${String(followed.number)}`}
                unit="s"
              />
            </CardBody>
          </Card>
        )}
        <NotSentNote team={team.slug} holds={ofAll} />
        {held !== null && (
          <HeldCallout
            team={team.slug}
            run={held}
            liveCount={health.active}
            isSuperseded={runs.some((run) => run.state === "succeeded" && run.number > held.number)}
            actions={mayWrite ? { accept: acceptRunAction, discard: discardRunAction } : undefined}
            liveRunId={live?.id}
          />
        )}
        {state === "refused" && refused !== null && (
          <RefusedCallout
            team={team.slug}
            run={refused}
            liveCount={health.active}
            accept={mayWrite ? acceptRunAction : undefined}
            liveRunId={live?.id}
          />
        )}
        {lastRun?.state === "failed" && (
          <Callout tone="danger" title={failureTitle(health.failureStreak)}>
            {lastRun.error?.message} The last good run stays live.
          </Callout>
        )}
        {state === "stale" && (
          <Callout
            tone="warning"
            title={
              <>
                No good run since <RelativeTime at={health.lastGoodRunAt} />
              </>
            }
          >
            That is longer than this feed may go without one. What it brought stays live, and grows old.
          </Callout>
        )}
        {state === "overdue" && (
          <Callout tone="warning" title="Nobody fetches this feed">
            Its run should have begun a whole interval ago. Is the worker running? What it brought stays live.
          </Callout>
        )}
        {state === "barren" && (
          <Callout tone="warning" title="Nothing of this feed is live">
            {health.barrenBecause} Its last good run says which values and why.
          </Callout>
        )}
        <FeedHealth team={team.slug} feed={feed} health={health} />
        <div className="grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
          <div className="min-w-0 space-y-6">
            <ActiveChartCard runs={runs} />
            <Section
              title="Runs"
              description={`The last ${String(SHOWN_RUNS)} at most, newest first. The page of the one that is live takes back to the list before it.`}
            >
              <RunTable
                team={team.slug}
                runs={runs}
                liveRunId={live?.id ?? null}
                nextRunAt={feed.nextRunAt}
              />
            </Section>
          </div>
          <div className="min-w-0 space-y-6">
            {rejections && <RejectionCard team={team.slug} {...rejections} />}
            <Card>
              <CardHeader
                title={feed.subscription === null ? "Settings" : "What is taken of the shared feed"}
              />
              <CardBody className="py-2">
                {feed.subscription === null ? (
                  <FeedSettings feed={feed} />
                ) : (
                  <SubscriptionSettings feed={feed} policy={feed.subscription} connectors={connectors} />
                )}
              </CardBody>
            </Card>
            {feed.kind !== "subscription" && (
              <SharingCard
                team={team.slug}
                feedId={feed.id}
                isShared={feed.visibility === "everyone"}
                subscribers={subscribers}
                action={mayWrite ? shareFeedAction : undefined}
              />
            )}
          </div>
        </div>
      </div>
    </>
  );
}

/** What became nothing in the list that is live, beside the list before it; null when neither rejected anything. */
const readRejections = async (feed: FeedView, live: RunView) => {
  const before = await findGenerationBefore(feed, live.number);
  // Of a local list it is told at once to whoever types it in.
  if (Object.keys({ ...live.rejectedByReason, ...before?.rejectedByReason }).length === 0) return null;
  return { run: live, before, samples: await listRejectionSamples({ id: live.id, teamId: feed.teamId }) };
};

const MAX_CONNECTORS = 200;

/** Of a subscription the names of the connectors that its policy names; null: it names none. */
const findConnectorNames = async (actor: Actor, feed: FeedView): Promise<string[] | null> => {
  const ids = feed.subscription?.connectors ?? null;
  if (ids === null) return null;
  const { connectors } = await listConnectors(actor, {
    teamIds: [feed.teamId],
    limit: MAX_CONNECTORS,
    after: null,
  });
  return connectors.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
};

const ActiveChartCard = ({ runs }: Parameters<typeof ActiveChart>[0]) => {
  if (goodRuns(runs).length < 2) return null;
  return (
    <Card>
      <CardBody>
        <ActiveChart runs={runs} />
      </CardBody>
    </Card>
  );
};

type ActionsProps = { team: string; feed: FeedView; active: number; isBusy: boolean };

const Actions = ({ team, feed, active, isBusy }: ActionsProps) => {
  if (feed.kind === "local") {
    return (
      <LinkButton href={`/t/${team}/indicators/new`} variant="primary">
        <Plus aria-hidden />
        Add indicators
      </LinkButton>
    );
  }
  const values = { team, feedId: feed.id };
  return (
    <>
      <ActionButton action={runFeedAction} values={values} variant="primary" disabled={isBusy}>
        <Play aria-hidden />
        Run now
      </ActionButton>
      <ActionButton action={setFeedEnabledAction} values={{ ...values, enabled: String(!feed.enabled) }}>
        {feed.enabled ? "Pause" : "Resume"}
      </ActionButton>
      <LinkButton
        href={
          feed.sourceFeedId === null
            ? `/t/${team}/feeds/${feed.id}/edit`
            : `/t/${team}/feeds/shared/${feed.sourceFeedId}`
        }
      >
        <Pencil aria-hidden />
        {feed.sourceFeedId === null ? "Edit" : "Change the policy"}
      </LinkButton>
      <ConfirmDialog
        trigger={feed.sourceFeedId === null ? "Delete" : "Unsubscribe"}
        variant="danger-quiet"
        title={feed.sourceFeedId === null ? `Delete ${feed.name}?` : `End the subscription to ${feed.name}?`}
        confirmLabel={feed.sourceFeedId === null ? "Delete the feed" : "Unsubscribe"}
        action={deleteFeedAction}
        values={values}
        typedWord={active > 100 ? "delete" : undefined}
      >
        <p>
          It vouches for {formatCount(active, "indicator")} now. Those that no other feed of your team vouches
          for leave: the next plan of each connector removes them.
        </p>
        <p>Its runs stay readable. Nothing is removed at a destination before a plan is applied.</p>
      </ConfirmDialog>
    </>
  );
};

const failureTitle = (streak: number): string =>
  streak > 1 ? `The last ${String(streak)} runs failed` : "The last run failed";
