import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema } from "@/lib/api/schemas";
import { checksSchema } from "@/lib/domain/checks";
import { feedChangePreviewSchema, feedPreviewSchema } from "@/lib/domain/feed/feed";
import { checkFeed, checkFeedChange } from "@/lib/services/feeds/check-feed";

import { openFeed } from "./open-feed";

export const testFeedRoute = defineRoute({
  method: "POST",
  path: "/feeds/test",
  summary: "Try out the source of an unsaved feed",
  description:
    "Server, sign-in and what may be read, check by check. It reads as little as it can and saves nothing.",
  tags: ["Feeds"],
  permission: "feed.write",
  idempotent: false,
  body: feedPreviewSchema,
  answer: { status: 200, schema: checksSchema },
  run: ({ body, inTeam }) => {
    inTeam(body.team);
    return checkFeed(body);
  },
});

export const testSavedFeedRoute = defineRoute({
  method: "POST",
  path: "/feeds/{id}/test",
  summary: "Try out the source of a saved feed, with changed settings or as it is",
  description:
    "What is not given is as saved, sign-in and headers included; these go to the saved address's host and to no other.",
  tags: ["Feeds"],
  permission: "feed.write",
  idempotent: false,
  params: idParamsSchema,
  body: feedChangePreviewSchema,
  answer: { status: 200, schema: checksSchema },
  run: async ({ actor, params, body }) =>
    checkFeedChange(await openFeed(actor, params.id, "feed.write"), body),
});
