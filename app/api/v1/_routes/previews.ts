import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema } from "@/lib/api/schemas";
import {
  feedChangePreviewSchema,
  feedPreviewSchema,
  type FeedKind,
  type FeedSettings,
} from "@/lib/domain/feed/feed";
import { previewSchema, proposalSchema, type Preview } from "@/lib/domain/feed/preview";
import { previewFeed } from "@/lib/services/feeds/preview-feed";
import { previewFeedChange } from "@/lib/services/feeds/preview-saved-feed";
import { proposeSettings } from "@/lib/services/feeds/propose-settings";

import { openFeed } from "./open-feed";

const answerSchema = previewSchema.extend({
  proposal: proposalSchema
    .nullable()
    .meta({ description: "How a CSV list seems to be cut; null for other kinds and for an empty list." }),
});

type Read = { kind: FeedKind } & Pick<FeedSettings, "format" | "zipEntry" | "limits">;

const withProposal = async (teamId: string, feed: Read, preview: Preview) => {
  const isTable = (feed.kind === "upload" ? feed.format : feed.kind) === "csv";
  return {
    ...preview,
    proposal: isTable ? await proposeSettings(teamId, preview.previewId, feed) : null,
  };
};

export const previewFeedRoute = defineRoute({
  method: "POST",
  path: "/feeds/preview",
  summary: "Show what an unsaved feed would bring",
  description: "What was fetched is kept 15 minutes behind `previewId`: sent along, nothing is fetched anew.",
  tags: ["Feeds"],
  permission: "feed.write",
  idempotent: false,
  body: feedPreviewSchema,
  answer: { status: 200, schema: answerSchema },
  run: async ({ body, inTeam }) => {
    const team = inTeam(body.team);
    return withProposal(team.id, body, await previewFeed(team.id, body));
  },
});

export const previewSavedFeedRoute = defineRoute({
  method: "POST",
  path: "/feeds/{id}/preview",
  summary: "Show what a saved feed would bring, with changed settings or as it is",
  description:
    "Takes what a change of the feed takes, and saves nothing. What is not given is as saved, sign-in and headers included; these go to the saved address's host and to no other.",
  tags: ["Feeds"],
  permission: "feed.write",
  idempotent: false,
  params: idParamsSchema,
  body: feedChangePreviewSchema,
  answer: { status: 200, schema: answerSchema },
  run: async ({ actor, params, body }) => {
    const feed = await openFeed(actor, params.id, "feed.write");
    return withProposal(feed.teamId, feed, await previewFeedChange(feed, body));
  },
});
