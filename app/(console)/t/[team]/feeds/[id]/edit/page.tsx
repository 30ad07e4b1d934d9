import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { FeedForm } from "@/components/feeds/feed-form";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { getFeed } from "@/lib/services/feeds/get-feed";

import { orNotFound, readId } from "../../../../../or-not-found";
import { previewFeedAction, testFeedAction, updateFeedAction } from "../../actions";
import { toFormValues } from "../../form-values";

export const metadata: Metadata = { title: "Edit a feed" };

type Props = { params: Promise<{ team: string; id: string }> };

/** The settings of a feed in the form they were made in. A team's own list has none to fetch by. */
export default async function EditFeedPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("feed.write", slug);
  const feed = await orNotFound(getFeed(actor, readId(id)));
  if (feed.teamId !== team.id || feed.kind === "local" || feed.kind === "subscription") notFound();
  const listHref = `/t/${team.slug}/feeds`;
  const feedHref = `${listHref}/${feed.id}`;
  return (
    <>
      <PageHeader
        title={`Edit ${feed.name}`}
        description="A change of how it is read takes effect with the next run, which then reads the list anew."
        crumbs={[{ label: "Feeds", href: listHref }, { label: feed.name, href: feedHref }, { label: "Edit" }]}
      />
      <FeedForm
        team={team.slug}
        feedId={feed.id}
        values={toFormValues(feed)}
        saveAction={updateFeedAction}
        previewAction={previewFeedAction}
        testAction={testFeedAction}
        cancelHref={feedHref}
      />
    </>
  );
}
