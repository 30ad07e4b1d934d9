import { Layers } from "lucide-react";
import type { Metadata } from "next";

import { ContributionTable } from "@/components/feeds/contribution-table";
import { OverlapMatrix } from "@/components/feeds/overlap-matrix";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { Section } from "@/components/ui/section";
import { requirePage } from "@/lib/auth/require-page";
import { getOverlap, type FeedOverlap } from "@/lib/services/feeds/get-overlap";

export const metadata: Metadata = { title: "Overlap of feeds" };

type Props = { params: Promise<{ team: string }> };

/** A wider table is read by nobody; the largest feeds stand in it. */
const MAX_COLUMNS = 40;

/** What the team's feeds have in common, and what each brings that no other does. */
export default async function OverlapPage({ params }: Props) {
  const { actor, team } = await requirePage("feed.read", (await params).team);
  const overlap = await getOverlap(actor, team.id);
  return (
    <>
      <PageHeader
        title="Overlap of feeds"
        description="What your team’s feeds have in common, and what each brings that no other does."
        crumbs={[{ label: "Feeds", href: `/t/${team.slug}/feeds` }, { label: "Overlap" }]}
      />
      {overlap === null ? (
        <EmptyState icon={Layers} title="Not counted yet">
          Sluice counts within a minute or two of the first run of a feed. Nothing is to be done.
        </EmptyState>
      ) : (
        <Counted team={team.slug} overlap={overlap} />
      )}
    </>
  );
}

const Counted = ({ team, overlap }: { team: string; overlap: FeedOverlap }) => {
  const { asOf, values, feeds, pairs } = overlap;
  const withValues = feeds.filter((feed) => feed.values > 0);
  const inMatrix = withValues.slice(0, MAX_COLUMNS);
  return (
    <div className="space-y-6">
      <p className="text-muted text-sm">
        {formatCount(values, "value")} in {formatCount(withValues.length, "feed")}, counted{" "}
        <RelativeTime at={asOf} />. A new count follows a change within about ten minutes.
      </p>
      <Section
        title="Contribution"
        description="“Only here” has no other feed of your team: it would be lost without this one. “First of these” counts values that others have, too, which this feed had before all of them, by the time each says, or was first read here."
      >
        <ContributionTable team={team} feeds={feeds} />
      </Section>
      <Section
        title="Values in common"
        description={
          inMatrix.length < withValues.length
            ? `The share of the row’s values that the column’s feed has as well, of the ${String(MAX_COLUMNS)} largest feeds.`
            : "The share of the row’s values that the column’s feed has as well."
        }
      >
        {inMatrix.length < 2 ? (
          <p className="text-muted text-sm">It takes two feeds with values to compare.</p>
        ) : (
          <OverlapMatrix feeds={inMatrix} pairs={pairs} />
        )}
      </Section>
      <p className="text-muted max-w-prose text-sm">
        All values that a feed vouches for now are counted, also those that an allowlist keeps in.
        Subscriptions count as feeds of your team. Feeds of other teams are not looked at.
      </p>
    </div>
  );
};
