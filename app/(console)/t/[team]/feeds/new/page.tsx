import type { Metadata } from "next";
import { z } from "zod";

import { FeedForm } from "@/components/feeds/feed-form";
import { Callout } from "@/components/ui/callout";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { env } from "@/lib/env/server";
import { getCatalogueEntry } from "@/lib/services/feeds/list-catalogue";

import { createFeedAction, previewFeedAction, testFeedAction } from "../actions";
import { presetOf } from "./presets";

export const metadata: Metadata = { title: "Add a feed" };

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const paramsSchema = z.object({
  from: z.string().optional().catch(undefined),
  kind: z.string().optional().catch(undefined),
});

/** A new feed, seen before it is saved. */
export default async function NewFeedPage({ params, searchParams }: Props) {
  const { team } = await requirePage("feed.write", (await params).team);
  const { from, kind } = paramsSchema.parse(await searchParams);
  const listHref = `/t/${team.slug}/feeds`;
  const entry = from === undefined ? null : getCatalogueEntry(from);
  return (
    <>
      <PageHeader
        title="Add a feed"
        description="From its address to what is done with it. Nothing is saved before you say so."
        crumbs={[{ label: "Feeds", href: listHref }, { label: "Add a feed" }]}
      />
      {entry !== null && (
        <Callout tone="info" title={`From the catalogue: ${entry.name}`} className="mb-6">
          {entry.licence}
        </Callout>
      )}
      <FeedForm
        team={team.slug}
        values={presetOf({ from, kind, teamName: team.name, sandboxUrl: env().SANDBOX_URL })}
        saveAction={createFeedAction}
        previewAction={previewFeedAction}
        testAction={testFeedAction}
        cancelHref={listHref}
      />
    </>
  );
}
