import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import {
  readWithheldTarget,
  untilSchema,
  WITHHELD_SCOPES,
  withholdCheckSchema,
  withholdSchema,
} from "@/lib/domain/delivery/withhold-input";
import { checkLift } from "@/lib/services/withheld/check-lift";
import { checkWithhold } from "@/lib/services/withheld/check-withhold";
import { checkWithholdEverywhere } from "@/lib/services/withheld/check-withhold-everywhere";
import { setHoldEnd } from "@/lib/services/withheld/hold-end";
import { liftWithheld } from "@/lib/services/withheld/lift-withheld";
import { getWithheld, listWithheld, type WithheldView } from "@/lib/services/withheld/list-withheld";
import { planTakingBack } from "@/lib/services/withheld/plan-taking-back";
import { withhold } from "@/lib/services/withheld/withhold";
import { withholdEverywhere } from "@/lib/services/withheld/withhold-everywhere";

import { onItsWaySchema, reachSchema } from "./reach-schema";

const withheldSchema = z.object({
  id: z.uuid(),
  team: z.string(),
  scope: z.enum(WITHHELD_SCOPES),
  feedId: z.uuid().nullable(),
  runId: z.uuid().nullable(),
  subject: z.string(),
  reason: z.string(),
  createdAt: timeSchema,
  createdBy: z.string(),
  until: timeSchema.nullable().meta({ description: "When it lifts itself; null: somebody lifts it." }),
  liftedAt: timeSchema.nullable(),
  liftedBy: z.string().nullable(),
  plans: z
    .array(
      z.object({
        id: z.uuid(),
        connectorId: z.uuid(),
        connector: z.string(),
        state: z.enum(["draft", "applied", "stale"]),
        remove: z.number(),
      }),
    )
    .meta({ description: "What takes back what stands of it; a draft waits for a person." }),
});

const plannedSchema = withheldSchema.extend({
  notPlanned: z
    .array(z.object({ connectorId: z.uuid(), connector: z.string(), message: z.string() }))
    .meta({ description: "Where what stands of it could not be planned away, and why; plan anew there." }),
});

const toAnswer = (actor: Actor, { teamId, plans, ...withheld }: WithheldView) => ({
  ...withheld,
  team: actor.teams.find(({ id }) => id === teamId)?.slug ?? "",
  plans: plans.map(({ state, ...plan }) => ({ ...plan, state: planStateSchema.parse(state) })),
});

const planStateSchema = z.enum(["draft", "applied", "stale"]);

const openWithheld = async (actor: Actor, id: string): Promise<WithheldView> => {
  const withheld = await getWithheld(actor, id);
  requireInTeam(actor, "recall.write", withheld.teamId, "hold");
  return withheld;
};

export const listWithheldRoute = defineRoute({
  method: "GET",
  path: "/withheld",
  summary: "List what people hold back, what stands first",
  tags: ["Withheld"],
  permission: "indicator.read",
  query: z.strictObject({ team: z.string().optional() }),
  answer: { status: 200, schema: pageOf(withheldSchema) },
  run: async ({ actor, query, inTeam }) => {
    const teamIds = query.team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(query.team).id];
    const found = await listWithheld(actor, teamIds);
    return { data: found.map((one) => toAnswer(actor, one)), nextCursor: null };
  },
});

export const withholdRoute = defineRoute({
  method: "POST",
  path: "/withheld",
  summary: "Hold back a feed, what a run added, or everything of a team",
  description:
    "Nothing of it is planned or sent any more, unless another feed vouches for it as well, until it is lifted. For each connector a plan takes back what stands of it: apply it as any other; an automatic connector applies what is within its limits at once. Such a plan goes before all other pushes. Connectors in review mode also have one of what else changes: what other feeds vouch for loses the words of this one.",
  tags: ["Withheld"],
  permission: "recall.write",
  body: withholdSchema,
  answer: { status: 201, schema: plannedSchema },
  run: async ({ actor, body, inTeam }) => {
    const target = readWithheldTarget(body);
    const { reason, until } = body;
    const { id, notPlanned } = await withhold(actor, inTeam(body.team), { target, reason, until });
    return { ...toAnswer(actor, await getWithheld(actor, id)), notPlanned };
  },
});

export const checkWithholdRoute = defineRoute({
  method: "POST",
  path: "/withheld/check",
  summary: "Say what holding it back would take back at each destination",
  description: "`stay`: another feed of the team also vouches for it. Nothing is changed.",
  tags: ["Withheld"],
  permission: "recall.write",
  idempotent: false,
  body: withholdCheckSchema,
  answer: {
    status: 200,
    schema: z.object({
      destinations: z.array(
        z.object({
          ...{ ...reachSchema, remove: z.number(), stay: z.number() },
          onItsWay: onItsWaySchema,
        }),
      ),
    }),
  },
  run: async ({ actor, body, inTeam }) => ({
    destinations: await checkWithhold(actor, inTeam(body.team), readWithheldTarget(body)),
  }),
});

export const withholdEverywhereRoute = defineRoute({
  method: "POST",
  path: "/withheld/everywhere",
  summary: "Hold back a feed in its own team and in every team that takes it",
  tags: ["Withheld"],
  permission: "admin.system",
  body: z.strictObject({
    feed: z.uuid("Name a feed by its id."),
    reason: reasonSchema,
    until: untilSchema.default(null),
  }),
  answer: { status: 201, schema: z.object({ data: z.array(plannedSchema) }) },
  run: async ({ actor, body }) => {
    const { feed: feedId, reason, until } = body;
    const held = await withholdEverywhere(actor, { feedId, reason, until });
    const data = held.map(async ({ id, notPlanned }) => ({
      ...toAnswer(actor, await getWithheld(actor, id)),
      notPlanned,
    }));
    return { data: await Promise.all(data) };
  },
});

export const checkWithholdEverywhereRoute = defineRoute({
  method: "POST",
  path: "/withheld/everywhere/check",
  summary: "Say how much holding a feed back everywhere would take back",
  description:
    "In numbers alone, over all teams that take it. `onItsWay` is in pushes that have not ended, besides `remove`. Nothing is changed.",
  tags: ["Withheld"],
  permission: "admin.system",
  idempotent: false,
  body: z.strictObject({ feed: z.uuid("Name a feed by its id.") }),
  answer: { status: 200, schema: z.object({ teams: z.number(), remove: z.number(), onItsWay: z.number() }) },
  run: ({ actor, body }) => checkWithholdEverywhere(actor, body.feed),
});

export const setHoldEndRoute = defineRoute({
  method: "PATCH",
  path: "/withheld/{id}",
  summary: "Say when it lifts itself",
  description: "`until: null`: it stands until somebody lifts it.",
  tags: ["Withheld"],
  permission: "recall.write",
  params: idParamsSchema,
  body: z.strictObject({ until: untilSchema }),
  answer: { status: 200, schema: withheldSchema },
  run: async ({ actor, params, body }) => {
    const withheld = await openWithheld(actor, params.id);
    await setHoldEnd(actor, withheld, body.until);
    return toAnswer(actor, await getWithheld(actor, withheld.id));
  },
});

export const planTakingBackRoute = defineRoute({
  method: "POST",
  path: "/withheld/{id}/plans",
  summary: "Plan anew what takes back what stands of it",
  description: "For when the plans were refused as stale, or something came to stand since.",
  tags: ["Withheld"],
  permission: "recall.write",
  params: idParamsSchema,
  answer: { status: 201, schema: plannedSchema },
  run: async ({ actor, params }) => {
    const withheld = await openWithheld(actor, params.id);
    const notPlanned = await planTakingBack(actor, withheld);
    return { ...toAnswer(actor, await getWithheld(actor, withheld.id)), notPlanned };
  },
});

export const checkLiftRoute = defineRoute({
  method: "POST",
  path: "/withheld/{id}/lift/check",
  summary: "Say what lifting it would bring back to each destination",
  description:
    "What the connector's policy takes of it; who gets the places of a full tenant is for the plan. Nothing is changed.",
  tags: ["Withheld"],
  permission: "recall.write",
  idempotent: false,
  params: idParamsSchema,
  answer: {
    status: 200,
    schema: z.object({
      destinations: z.array(
        z.object({ ...reachSchema, add: z.number(), change: z.number(), keep: z.number() }),
      ),
    }),
  },
  run: async ({ actor, params }) => ({
    destinations: await checkLift(await openWithheld(actor, params.id)),
  }),
});

export const liftWithheldRoute = defineRoute({
  method: "POST",
  path: "/withheld/{id}/lift",
  summary: "Lift it: what is still vouched for goes out again with the next plan",
  description:
    "That plan is made at once: connectors in review mode have one that waits, automatic ones go on by themselves. Plans that would take it back are void.",
  tags: ["Withheld"],
  permission: "recall.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: async ({ actor, params }) => {
    await liftWithheld(actor, await openWithheld(actor, params.id));
  },
});
