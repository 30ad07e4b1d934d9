"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { requireInTeam, unknown } from "@/lib/auth/require";
import type { TeamAccess } from "@/lib/domain/access/actor";
import { VISIBILITIES } from "@/lib/domain/feed/feed";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import { getFeed } from "@/lib/services/feeds/get-feed";
import { updateFeed } from "@/lib/services/feeds/update-feed";
import { subscribe } from "@/lib/services/subscriptions/subscribe";
import { unsubscribe } from "@/lib/services/subscriptions/unsubscribe";

const { types, connectors, minConfidence, expiryDays, maxTlp, expireFrom } = subscriptionPolicySchema.shape;
/** Ticked boxes; none ticked means "all". */
const noneAsAll = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value: unknown) => {
    const chosen = [value].flat().filter((item) => item !== undefined && item !== "");
    return chosen.length === 0 ? null : chosen;
  }, schema);
const numberOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((text) => (typeof text === "string" && text.trim() !== "" ? Number(text) : null), schema);

const feedIdSchema = z.object({ team: z.string(), feedId: z.uuid() });

/** Takes a shared feed in, or changes what is taken of it, and opens the subscription. */
export const subscribeAction = defineTeamAction({
  permission: "feed.write",
  schema: feedIdSchema.extend({
    types: noneAsAll(types.unwrap()),
    connectors: noneAsAll(connectors.unwrap()),
    minConfidence: numberOf(minConfidence.unwrap()),
    expiryDays: numberOf(expiryDays.unwrap()),
    maxTlp,
    expireFrom,
  }),
  run: async ({ actor, team, input: { team: _, feedId, ...policy } }) => {
    const { id } = await subscribe(actor, team, { feedId, policy });
    redirect(`/t/${team.slug}/feeds/${id}`);
  },
});

/** Ends the team's subscription. */
export const unsubscribeAction = defineTeamAction({
  permission: "feed.write",
  schema: feedIdSchema,
  run: async ({ actor, team, input }) => {
    await unsubscribe(actor, { feedId: input.feedId, teamIds: [team.id] });
    revalidateFeeds(team);
    redirect(`/t/${team.slug}/feeds`);
  },
});

/** Lets other teams subscribe to a feed of the team, or ends that. */
export const shareFeedAction = defineTeamAction({
  permission: "feed.write",
  schema: feedIdSchema.extend({ visibility: z.enum(VISIBILITIES) }),
  run: async ({ actor, team, input: { feedId, visibility } }) => {
    const feed = await getFeed(actor, feedId);
    requireInTeam(actor, "feed.write", feed.teamId, "feed");
    if (feed.teamId !== team.id) throw unknown("feed");
    await updateFeed(actor, feed, { visibility });
    revalidateFeeds(team);
    const message =
      visibility === "everyone"
        ? `Other teams may subscribe to ${feed.name} now. Until they do, they see its name, provider and size.`
        : `${feed.name} is shared no more; subscriptions to it end. Records that other teams want as well name it until they are written anew, at the latest by your connectors’ next pushes.`;
    return { status: "done", message };
  },
});

const revalidateFeeds = ({ slug }: TeamAccess): void => {
  revalidatePath(`/t/${slug}/feeds`, "layout");
};
