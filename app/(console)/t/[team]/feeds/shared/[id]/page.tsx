import type { Metadata } from "next";

import { SubscriptionForm } from "@/components/feeds/subscription-form";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { formatCount } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import { listConnectors } from "@/lib/services/connectors/list-connectors";
import { getSharedFeed } from "@/lib/services/subscriptions/list-shared-feeds";
import { listSubscriptions } from "@/lib/services/subscriptions/list-subscriptions";

import { orNotFound, readId } from "../../../../../or-not-found";
import { subscribeAction, unsubscribeAction } from "../actions";

export const metadata: Metadata = { title: "Subscribe to a feed" };

type Props = { params: Promise<{ team: string; id: string }> };

const MAX_CONNECTORS = 200;

/** What the team takes of another team's feed: chosen before the first value enters its set, and changed here later. */
export default async function SharedFeedPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("feed.write", slug);
  const feed = await orNotFound(getSharedFeed(team.id, readId(id)));
  const [subscriptions, { connectors }] = await Promise.all([
    listSubscriptions(actor, feed.id),
    listConnectors(actor, { teamIds: [team.id], limit: MAX_CONNECTORS, after: null }),
  ]);
  const own = subscriptions.find((subscription) => subscription.team === team.slug);
  const listHref = `/t/${team.slug}/feeds`;
  const isSubscribed = feed.subscriptionId !== null;

  return (
    <>
      <PageHeader
        title={isSubscribed ? `What you take of ${feed.name}` : `Subscribe to ${feed.name}`}
        description={`${feed.provider === "" ? "Another team" : feed.provider} brings ${formatCount(feed.active, "value")} now. What you choose enters your team’s set as a feed of its own, follows every change, and leaves when you end it.`}
        crumbs={[{ label: "Feeds", href: listHref }, { label: feed.name }]}
        actions={
          isSubscribed && (
            <ConfirmDialog
              trigger="Unsubscribe"
              variant="danger-quiet"
              title={`End the subscription to ${feed.name}?`}
              confirmLabel="Unsubscribe"
              action={unsubscribeAction}
              values={{ team: team.slug, feedId: feed.id }}
            >
              <p>
                It vouches for {formatCount(own?.active ?? 0, "indicator")} in your team now. Those that no
                other feed of your team vouches for leave with the next plan.
              </p>
            </ConfirmDialog>
          )
        }
      />
      <SubscriptionForm
        team={team.slug}
        feedId={feed.id}
        policy={own?.policy ?? subscriptionPolicySchema.parse({})}
        isSubscribed={isSubscribed}
        isStoreOnly={feed.storeOnly}
        connectors={connectors}
        action={subscribeAction}
        cancelHref={feed.subscriptionId === null ? listHref : `${listHref}/${feed.subscriptionId}`}
      />
    </>
  );
}
