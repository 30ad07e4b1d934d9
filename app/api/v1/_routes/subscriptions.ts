import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { parsePart, readBytes, readJson } from "@/lib/api/read-request";
import { idParamsSchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { can } from "@/lib/domain/access/actor";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import { listSharedFeeds } from "@/lib/services/subscriptions/list-shared-feeds";
import { listSubscriptions } from "@/lib/services/subscriptions/list-subscriptions";
import { subscribe } from "@/lib/services/subscriptions/subscribe";
import { unsubscribe } from "@/lib/services/subscriptions/unsubscribe";

import { feedSchema } from "./feeds";

export const listSharedFeedsRoute = defineRoute({
  method: "GET",
  path: "/feeds/shared",
  summary: "List feeds of other teams that a team may subscribe to",
  description:
    "Name, provider, count, and whether its values are stored and never pushed; `subscriptionId` is the team's own subscription, if it has one.",
  tags: ["Subscriptions"],
  permission: "feed.read",
  query: z.strictObject({ team: z.string() }),
  answer: {
    status: 200,
    schema: pageOf(
      z.object({
        id: z.uuid(),
        name: z.string(),
        provider: z.string(),
        active: z.number(),
        storeOnly: z.boolean(),
        subscriptionId: z.uuid().nullable(),
      }),
    ),
  },
  run: async ({ query, inTeam }) => ({
    data: await listSharedFeeds(inTeam(query.team).id),
    nextCursor: null,
  }),
});

const subscriptionSchema = z.object({
  team: z.string(),
  teamName: z.string(),
  since: timeSchema,
  active: z.number(),
  subscriptionId: z.uuid().nullable(),
  policy: subscriptionPolicySchema.nullable(),
});

export const listSubscriptionsRoute = defineRoute({
  method: "GET",
  path: "/feeds/{id}/subscriptions",
  summary: "List who takes a feed in",
  description:
    "The feed's owner sees every team with a count; `policy` and `subscriptionId` are shown of your own teams only.",
  tags: ["Subscriptions"],
  permission: "feed.read",
  params: idParamsSchema,
  answer: { status: 200, schema: pageOf(subscriptionSchema) },
  run: async ({ actor, params }) => ({ data: await listSubscriptions(actor, params.id), nextCursor: null }),
});

export const subscribeRoute = defineRoute({
  method: "POST",
  path: "/feeds/{id}/subscriptions",
  summary: "Take a shared feed into a team's set under a policy of its own",
  description:
    "Makes a feed of the kind `subscription` in the team and queues its first run. Subscribing again replaces the policy.",
  tags: ["Subscriptions"],
  permission: "feed.write",
  params: idParamsSchema,
  body: z.strictObject({ team: z.string(), policy: subscriptionPolicySchema.prefault({}) }),
  answer: { status: 201, schema: feedSchema },
  run: ({ actor, params, body, inTeam }) =>
    subscribe(actor, inTeam(body.team), { feedId: params.id, policy: body.policy }),
});

const teamSchema = z.strictObject({ team: z.string().optional() });

export const unsubscribeRoute = defineRoute({
  method: "DELETE",
  path: "/feeds/{id}/subscriptions",
  summary: "End a team's subscription; its values leave with the next plan",
  description:
    "`team` says whose, in the address or as JSON; it may be left out when only one of your teams has subscribed.",
  tags: ["Subscriptions"],
  permission: "feed.write",
  params: idParamsSchema,
  query: teamSchema,
  answer: { status: 200, schema: z.object({ removed: z.number() }) },
  run: async ({ actor, params, query, request, inTeam }) => {
    const team = query.team ?? (await readTeam(request));
    const teams =
      team === undefined ? actor.teams.filter(({ id }) => can(actor, "feed.write", id)) : [inTeam(team)];
    return unsubscribe(actor, { feedId: params.id, teamIds: teams.map(({ id }) => id) });
  },
});

// Some clients send no body with DELETE, some send nothing else.
const readTeam = async (request: Request): Promise<string | undefined> => {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  return (await parsePart("body", teamSchema, readJson(request, bytes))).team;
};
