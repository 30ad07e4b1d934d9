import { Layers, Library, Plus } from "lucide-react";
import type { Metadata } from "next";

import { compareFeeds, judgeFeedState } from "@/components/feeds/feed-state";
import { FeedStarters } from "@/components/feeds/feed-starters";
import { FeedTable } from "@/components/feeds/feed-table";
import { SharedFeeds } from "@/components/feeds/shared-feeds";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { env } from "@/lib/env/server";
import { listFeeds } from "@/lib/services/feeds/list-feeds";
import { listSharedFeeds } from "@/lib/services/subscriptions/list-shared-feeds";

import { runFeedAction } from "./actions";

export const metadata: Metadata = { title: "Feeds" };

type Props = { params: Promise<{ team: string }> };

/** A team has tens of feeds; all of them are read, so that the sick ones of all stand first. */
const MAX_FEEDS = 500;

/** The team's feeds: which one is sick, and why. */
export default async function FeedsPage({ params }: Props) {
  const { actor, team } = await requirePage("feed.read", (await params).team);
  const [{ feeds, next }, shared] = await Promise.all([
    listFeeds(actor, { teamIds: [team.id], limit: MAX_FEEDS, after: null }),
    listSharedFeeds(team.id),
  ]);
  const now = new Date();
  const listed = feeds.map((feed) => ({ ...feed, state: judgeFeedState(feed, now) })).sort(compareFeeds);
  const mayWrite = can(actor, "feed.write", team.id);
  const hasFetched = listed.some(({ kind }) => kind !== "local");
  const needy = listed.filter(({ state }) => NEEDY.has(state)).length;

  return (
    <>
      <PageHeader
        title="Feeds"
        description={
          hasFetched
            ? describeFeeds(listed.length, needy)
            : "Lists that Sluice fetches for your team, on a schedule, from any address."
        }
        actions={
          <>
            {listed.length > 0 && (
              <LinkButton href={`/t/${team.slug}/feeds/overlap`}>
                <Layers aria-hidden />
                Overlap
              </LinkButton>
            )}
            {mayWrite && (
              <>
                <LinkButton href={`/t/${team.slug}/feeds/catalogue`}>
                  <Library aria-hidden />
                  Catalogue
                </LinkButton>
                <LinkButton href={`/t/${team.slug}/feeds/new`} variant="primary">
                  <Plus aria-hidden />
                  Add a feed
                </LinkButton>
              </>
            )}
          </>
        }
      />
      <div className="space-y-6">
        {listed.length > 0 && (
          <FeedTable team={team.slug} feeds={listed} runAction={mayWrite ? runFeedAction : undefined} />
        )}
        {next !== null && (
          <Callout tone="info" title={`Only the first ${formatCount(MAX_FEEDS, "feed")} are shown.`} />
        )}
        {!hasFetched && <FirstFeed team={team.slug} mayWrite={mayWrite} />}
        <SharedFeeds team={team.slug} feeds={shared} mayWrite={mayWrite} />
      </div>
    </>
  );
}

const FirstFeed = ({ team, mayWrite }: { team: string; mayWrite: boolean }) => (
  <section
    aria-labelledby="first-feed"
    className="border-strong/50 bg-sunken rounded-lg border border-dashed p-6"
  >
    <h2 id="first-feed" className="text-base font-semibold">
      No feed yet
    </h2>
    <p className="text-muted mt-1 max-w-prose text-sm">
      A feed is a list at an address: hashes, addresses, domains, URLs. Sluice fetches it, reads every row,
      says what became of each, and keeps what your connectors may send. A fetch that fails or shrinks too far
      removes nothing.
    </p>
    {mayWrite ? (
      <FeedStarters team={team} hasSandbox={env().SANDBOX_URL !== undefined} className="mt-4" />
    ) : (
      <p className="mt-3 text-sm">An analyst or owner of the team can add one.</p>
    )}
  </section>
);

const describeFeeds = (count: number, needy: number): string => {
  const feeds = formatCount(count, "feed");
  if (needy === 0) return `${feeds}, none needs a person.`;
  return `${feeds}, ${formatNumber(needy)} of them ${needy === 1 ? "needs" : "need"} a person.`;
};

const NEEDY: ReadonlySet<string> = new Set(["failing", "held", "refused", "stale", "overdue", "barren"]);
