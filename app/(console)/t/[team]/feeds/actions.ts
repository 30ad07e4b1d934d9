"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";

import type { PreviewAnswer } from "@/components/feeds/preview-answer";
import { formatCount } from "@/components/ui/format-number";
import { defineTeamAction } from "@/lib/actions/action";
import { checkbox } from "@/lib/actions/fields";
import { requireInTeam, unknown } from "@/lib/auth/require";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import type { FeedPreview } from "@/lib/domain/feed/feed";
import { checkFeed, checkSavedFeed } from "@/lib/services/feeds/check-feed";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { deleteFeed } from "@/lib/services/feeds/delete-feed";
import { getFeed } from "@/lib/services/feeds/get-feed";
import { importFeeds } from "@/lib/services/feeds/import-feeds";
import { previewFeed } from "@/lib/services/feeds/preview-feed";
import { previewSavedFeed } from "@/lib/services/feeds/preview-saved-feed";
import { proposeJsonSettings } from "@/lib/services/feeds/propose-json-settings";
import { proposeSettings } from "@/lib/services/feeds/propose-settings";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { updateFeed } from "@/lib/services/feeds/update-feed";
import type { GivenSecrets } from "@/lib/services/feeds/with-stored-secrets";

import { toFeedPatch } from "./feed-patch";
import { feedFormSchema, feedPreviewFormSchema } from "./form-schema";

/** The sign-in that a form gives anew; none where what is stored is kept. */
const givenBy = ({ headers, auth }: FeedPreview, keepsSecrets: boolean): GivenSecrets =>
  keepsSecrets ? {} : { headers, auth };

/** Shows what the form's feed would bring. It saves nothing. */
export const previewFeedAction = defineTeamAction({
  permission: "feed.write",
  schema: feedPreviewFormSchema,
  run: async ({ actor, team, input: { feed, feedId, keepsSecrets } }) => {
    const preview =
      feedId === undefined
        ? await previewFeed(team.id, feed)
        : await previewSavedFeed(await feedOf(actor, team, feedId), feed, givenBy(feed, keepsSecrets));
    const format = feed.kind === "upload" ? feed.format : feed.kind;
    const proposal = format === "csv" ? await proposeSettings(team.id, preview.previewId, feed) : null;
    const jsonProposal =
      format === "json" ? await proposeJsonSettings(team.id, preview.previewId, feed) : null;
    const data: PreviewAnswer = { preview, proposal, jsonProposal };
    return {
      status: "done",
      message: `${formatCount(preview.counts.indicators, "indicator")} in ${formatCount(preview.counts.lines, "row")}.`,
      data,
    };
  },
});

/** Tries out the source of the form's feed. It saves nothing. */
export const testFeedAction = defineTeamAction({
  permission: "feed.write",
  schema: feedPreviewFormSchema,
  run: async ({ actor, team, input: { feed, feedId, keepsSecrets } }) => {
    const data =
      feedId === undefined
        ? await checkFeed(feed)
        : await checkSavedFeed(await feedOf(actor, team, feedId), feed, givenBy(feed, keepsSecrets));
    const message = data.ok ? "The connection works." : "The connection does not work yet.";
    return { status: "done", message, data };
  },
});

/** Saves a new feed and opens its page; `run` also queues its first run. */
export const createFeedAction = defineTeamAction({
  permission: "feed.write",
  schema: feedFormSchema,
  run: async ({ actor, team, input: { feed, next } }) => {
    const { id } = await createFeed(actor, team.id, feed);
    if (next === "run") await runFeedNow(actor, { id, teamId: team.id });
    redirect(`/t/${team.slug}/feeds/${id}`);
  },
});

/** Saves what the form changes of a feed and opens its page. */
export const updateFeedAction = defineTeamAction({
  permission: "feed.write",
  schema: feedFormSchema,
  run: async ({ actor, team, input: { feed, feedId, keepsSecrets, next } }) => {
    const saved = await feedOf(actor, team, feedId);
    const patch = toFeedPatch({ ...saved, previewId: saved.bodyId ?? undefined }, feed, keepsSecrets);
    if (Object.keys(patch).length > 0) await updateFeed(actor, saved, patch);
    if (next === "run") await runFeedNow(actor, saved);
    redirect(`/t/${team.slug}/feeds/${saved.id}`);
  },
});

const importSchema = z.object({
  team: z.string(),
  json: z.string().trim().min(1, "Paste the definitions.").max(2_000_000, "At most 2 MB at once."),
  keepsEnabled: checkbox(),
});

/** Adds a feed for each definition in MISP's form, and tells of each what became of it. */
export const importFeedsAction = defineTeamAction({
  permission: "feed.write",
  schema: importSchema,
  run: async ({ actor, team, input }) => {
    const imported = await importFeeds(actor, team, input);
    revalidateFeeds(team);
    const added = imported.filter(({ outcome }) => outcome === "added").length;
    return {
      status: "done",
      message: `${formatCount(added, "feed")} added, ${formatCount(imported.length - added, "definition")} not.`,
      data: imported,
    };
  },
});

const feedIdSchema = z.object({ team: z.string(), feedId: z.uuid() });

/** Queues a run now; one that is under way already is that run. */
export const runFeedAction = defineTeamAction({
  permission: "feed.write",
  schema: feedIdSchema,
  run: async ({ actor, team, input }) => {
    const feed = await feedOf(actor, team, input.feedId);
    await runFeedNow(actor, feed);
    revalidateFeeds(team);
    return { status: "done", message: `A run of ${feed.name} is on its way.` };
  },
});

/** Pauses a feed, or lets it go on: its next run is then due after one interval. */
export const setFeedEnabledAction = defineTeamAction({
  permission: "feed.write",
  schema: feedIdSchema.extend({ enabled: z.enum(["true", "false"]) }),
  run: async ({ actor, team, input }) => {
    const feed = await feedOf(actor, team, input.feedId);
    const enabled = input.enabled === "true";
    await updateFeed(actor, feed, { enabled });
    revalidateFeeds(team);
    const message = enabled
      ? `${feed.name} is fetched again by its schedule.`
      : `${feed.name} is paused. What it has brought stays live.`;
    return { status: "done", message };
  },
});

/** Takes a feed out and goes back to the list. */
export const deleteFeedAction = defineTeamAction({
  permission: "feed.write",
  schema: feedIdSchema,
  run: async ({ actor, team, input }) => {
    await deleteFeed(actor, await feedOf(actor, team, input.feedId));
    redirect(`/t/${team.slug}/feeds`);
  },
});

// A feed of another team is as if unknown, also to who is in both: the form named the team.
const feedOf = async (actor: Actor, team: TeamAccess, feedId: string | undefined) => {
  if (feedId === undefined) throw unknown("feed");
  const feed = await getFeed(actor, feedId);
  requireInTeam(actor, "feed.write", feed.teamId, "feed");
  if (feed.teamId !== team.id) throw unknown("feed");
  return feed;
};

const revalidateFeeds = ({ slug }: TeamAccess): void => {
  revalidatePath(`/t/${slug}/feeds`, "layout");
};
