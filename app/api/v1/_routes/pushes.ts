import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { asDoer } from "@/lib/domain/access/actor";
import { PUSH_ITEM_FILTERS, PUSH_ITEM_STATES } from "@/lib/domain/delivery/push-items";
import { RECEIPT_STATES } from "@/lib/domain/delivery/receipt-states";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { getStopOfAll } from "@/lib/services/delivery/delivery-stop";
import { getPush } from "@/lib/services/delivery/get-push";
import { listRaised } from "@/lib/services/reconcile/list-raised";
import { countSeen, listPushItems } from "@/lib/services/delivery/list-push-items";
import { leaveOut } from "@/lib/services/delivery/leave-out";
import { getObstacle } from "@/lib/services/delivery/stopped-push";
import { listPushes } from "@/lib/services/delivery/list-pushes";
import { resumePush } from "@/lib/services/delivery/resume-push";

import { openConnector } from "./open-connector";
import { readPlace, writePlace } from "./place";
import { standingSchema } from "./standing-schema";

/** Since when a push waits. */
export const waitingSinceSchema = timeSchema.nullable().meta({
  description:
    "Since when it waits for its destination, which does not answer, asked for patience or has no room yet; null otherwise. The push goes on by itself.",
});

const pushSchema = z.object({
  id: z.uuid(),
  planId: z.uuid(),
  connectorId: z.uuid(),
  state: z.enum(["queued", "running", "done", "stopped"]),
  counts: z.object({
    planned: z.number(),
    accepted: z.number(),
    failed: z.number(),
    removed: z.number(),
    skipped: z.number(),
  }),
  message: z.string().nullable(),
  isSendingOff: z.boolean().meta({
    description:
      "Sending is switched off where it goes, by the connector's own switch or for all: nothing of it leaves before that ends.",
  }),
  waitingSince: waitingSinceSchema,
  failures: z.array(
    z.object({
      indicatorId: z.string(),
      type: z.enum(INDICATOR_TYPES),
      value: z.string(),
      operation: z.string(),
      reason: z.string(),
      advice: z
        .string()
        .nullable()
        .meta({ description: "What can be done about a refusal of a known kind." }),
    }),
  ),
  raised: z
    .object({
      count: z.number(),
      records: z.array(
        z.object({
          indicatorId: z.string(),
          type: z.enum(INDICATOR_TYPES),
          value: z.string(),
          standing: standingSchema,
        }),
      ),
    })
    .meta({ description: "What stands stricter than it was planned, because of others; the first hundred." }),
  visible: z.number().nullable().meta({
    description:
      "How many of the accepted ones were seen there since, where no later push decides about them; null while it is under way.",
  }),
  gone: z.number().nullable().meta({
    description:
      "How many of the removed ones have a receipt that is `gone` by now, where no later push decides about them: seen to be gone, or, where nothing can be read back or the record stays for another team, accepted; null while it is under way.",
  }),
  unconfirmed: z.number().nullable().meta({
    description:
      "How many of the removed ones nobody has seen to be gone, though that can be read back: not looked for yet, or still shown; null while it is under way.",
  }),
  leftovers: z
    .object({ count: z.number(), forRoom: z.number(), readAt: timeSchema.nullable() })
    .nullable()
    .meta({
      description:
        "What is left of a push that waits, where that may itself be the cause: all of it was sent again and again, and the destination was read meanwhile (`readAt`), or it waits for longer than most outages last. `leave-out` ends the push without it. `forRoom`: how much of it is to go to make room; what has to go for that is chosen anew by each plan.",
    }),
  pace: z.object({ aMinute: z.number(), secondsLeft: z.number() }).nullable().meta({
    description:
      "How fast it goes, by what was answered within the last two minutes, and how long it still takes at that. Told anew every five seconds; null while it does not go, or has only begun.",
  }),
  obstacle: z.object({ message: z.string(), isToPlanAnew: z.boolean() }).nullable().meta({
    description:
      "Why a stopped push cannot go on, and whether a new plan is the way on. Null: nothing is known to keep it, or it is not stopped.",
  }),
  queuedAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
});

const pushItemSchema = z.object({
  indicatorId: z.string(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  operation: z.enum(["add", "change", "remove"]),
  state: z.enum(PUSH_ITEM_STATES),
  reason: z.string().nullable(),
  sentAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  receiptState: z.enum(RECEIPT_STATES).nullable().meta({ description: "What its receipt says now." }),
  isNewest: z
    .boolean()
    .meta({ description: "No later push held the value, so that its receipt is of this one." }),
  remoteId: z.string().nullable(),
  visibleAt: timeSchema.nullable(),
});

const ONLY_OF_ONE = {
  failures: true,
  raised: true,
  visible: true,
  gone: true,
  unconfirmed: true,
  leftovers: true,
  obstacle: true,
  pace: true,
} as const;
/** While it is under way nobody has looked. */
const NOT_LOOKED = { visible: null, gone: null, unconfirmed: null };

export const listPushesRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/pushes",
  summary: "List a connector's pushes, newest first",
  description: "Without failures and what was seen, which each push has by itself.",
  tags: ["Pushes"],
  permission: "push.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(pushSchema.omit(ONLY_OF_ONE)) },
  run: async ({ actor, params, query: { limit, cursor } }) => {
    const connector = await openConnector(actor, params.id, "push.read");
    const { pushes, next } = await listPushes(connector, { limit, after: readPlace(cursor) });
    const isOff = connector.stop !== null || (await getStopOfAll()) !== null;
    const data = pushes.map((push) => ({ ...push, isSendingOff: isOff && !isOver(push) }));
    return { data, nextCursor: writePlace(next) };
  },
});

const RAISED_SHOWN = 100;

const isOver = ({ state }: { state: string }): boolean => state === "done" || state === "stopped";

const withMore = async (push: Awaited<ReturnType<typeof getPush>>) => {
  const [raised, seen, obstacle] = await Promise.all([
    listRaised(push, { limit: RAISED_SHOWN, pushId: push.id }),
    isOver(push) ? countSeen(push) : NOT_LOOKED,
    push.state === "stopped" ? getObstacle(push) : null,
  ]);
  return { ...push, raised, ...seen, obstacle };
};

export const getPushRoute = defineRoute({
  method: "GET",
  path: "/pushes/{id}",
  summary: "Get a push with its counts and the first hundred failures",
  tags: ["Pushes"],
  permission: "push.read",
  params: idParamsSchema,
  answer: { status: 200, schema: pushSchema },
  run: async ({ actor, params }) => {
    const push = await getPush(actor, params.id);
    requireInTeam(actor, "push.read", push.teamId, "push");
    return withMore(push);
  },
});

export const listPushItemsRoute = defineRoute({
  method: "GET",
  path: "/pushes/{id}/items",
  summary: "List what became of each indicator of a push",
  description:
    "`state=open` gives what was not answered yet, `state=visible` what was seen there since, `state=gone` what was taken away and is gone, `state=unconfirmed` what was taken away and nobody has seen to be gone.",
  tags: ["Pushes"],
  permission: "push.read",
  params: idParamsSchema,
  query: listQuerySchema.extend({ state: z.enum(PUSH_ITEM_FILTERS).optional() }),
  answer: { status: 200, schema: pageOf(pushItemSchema) },
  run: async ({ actor, params, query: { limit, state, cursor } }) => {
    const push = await getPush(actor, params.id);
    requireInTeam(actor, "push.read", push.teamId, "push");
    const after = decodeCursor(cursor, z.tuple([z.string()]))?.[0] ?? null;
    const { items, next } = await listPushItems(push, { state, limit, after });
    return { data: items, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const resumePushRoute = defineRoute({
  method: "POST",
  path: "/pushes/{id}/resume",
  summary: "Go on with a stopped push, or try at once with one that waits for its destination",
  tags: ["Pushes"],
  permission: "push.apply",
  params: idParamsSchema,
  answer: { status: 202, schema: pushSchema },
  run: async ({ actor, params }) => {
    const { id: pushId, teamId } = await getPush(actor, params.id);
    requireInTeam(actor, "push.apply", teamId, "push");
    await resumePush({ pushId, teamId, doer: asDoer(actor) });
    return withMore(await getPush(actor, pushId));
  },
});

export const leaveOutRoute = defineRoute({
  method: "POST",
  path: "/pushes/{id}/leave-out",
  summary: "End a push that waits, without what may be why it does",
  description:
    "What its `leftovers` count: it stays unanswered, its receipts say so, and new plans leave it out, too, whether it was to be added, changed or removed (`left-out`), until it changes or somebody asks for it: by `?retryRefused=true`, by resuming the push, or by withdrawing everything. What is to go to make room is planned anew. 409 while nothing tells it from an outage.",
  tags: ["Pushes"],
  permission: "push.apply",
  params: idParamsSchema,
  answer: { status: 200, schema: pushSchema },
  run: async ({ actor, params }) => {
    const { id: pushId, teamId } = await getPush(actor, params.id);
    requireInTeam(actor, "push.apply", teamId, "push");
    await leaveOut({ pushId, teamId, doer: asDoer(actor) });
    return withMore(await getPush(actor, pushId));
  },
});
