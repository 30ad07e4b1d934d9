import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { getTeamOverview } from "@/lib/services/overview/team-overview";

import { connectorWithHealthSchema } from "./connector-schema";
import { feedWithHealthSchema } from "./feeds";
import { waitingSinceSchema } from "./pushes";
import { capacitySchema } from "./receipts";
import { runSchema } from "./runs";
import { teamParamsSchema } from "./teams";

const pushSummarySchema = z.object({
  id: z.uuid(),
  connectorId: z.uuid(),
  connector: z.string(),
  state: z.string(),
  planned: z.number(),
  accepted: z.number(),
  removed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  queuedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
});

const underWaySchema = z.object({
  id: z.uuid(),
  connectorId: z.uuid(),
  connector: z.string(),
  state: z.enum(["queued", "running", "stopped"]),
  planned: z.number(),
  left: z.number(),
  queuedAt: timeSchema,
  waitingSince: waitingSinceSchema,
  wakesAt: timeSchema.nullable().meta({ description: "When it goes on by itself; null: it is not waiting." }),
  message: z.string().nullable(),
  isSendingOff: z.boolean(),
});

const overviewSchema = z.object({
  feeds: z.object({ total: z.number(), sick: z.number(), list: z.array(feedWithHealthSchema) }),
  indicators: z.object({
    active: z.number(),
    byType: z.array(z.object({ type: z.enum(INDICATOR_TYPES), count: z.number() })),
  }),
  connectors: z.array(connectorWithHealthSchema.extend({ capacity: capacitySchema.nullable() })),
  lastRuns: z.array(runSchema),
  lastPushes: z.array(pushSummarySchema),
  underWay: z.array(underWaySchema).meta({
    description:
      "Pushes that were applied and have still something to send: queued, running, or stopped with nothing newer in their place.",
  }),
  attention: z.array(
    z.object({
      kind: z.string(),
      message: z.string(),
      path: z.string().meta({ description: "Where to do it, below the team’s address in the console." }),
    }),
  ),
  days: z.array(z.object({ day: z.iso.date(), added: z.number(), removed: z.number() })),
});

/** It tells of all these, so a token needs the scope of each. */
const SHOWN = ["feed.read", "indicator.read", "connector.read", "push.read"] as const;

export const getOverviewRoute = defineRoute({
  method: "GET",
  path: "/teams/{slug}/overview",
  summary: "See how a team fares: what arrives, what is live where, and what needs a person",
  description: `Needs ${SHOWN.map((permission) => `\`${permission}\``).join(", ")} as well.`,
  tags: ["Teams"],
  permission: "team.read",
  params: teamParamsSchema,
  answer: { status: 200, schema: overviewSchema },
  run: ({ actor, params, inTeam }) => {
    const team = inTeam(params.slug);
    for (const permission of SHOWN) requireInTeam(actor, permission, team.id);
    return getTeamOverview(actor, team, new Date());
  },
});
