import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { CREDENTIAL_KINDS, EXPIRY_SOURCES } from "@/lib/domain/connector/credential-life";
import { CLOUDS } from "@/lib/domain/connector/kinds";
import { readerInputSchema } from "@/lib/domain/connector/reader-input";
import { budgetPatchSchema } from "@/lib/domain/selection/budget-settings";
import { planBudgetSchema } from "@/lib/domain/selection/cut";
import { checkBudget } from "@/lib/services/budget/check-budget";
import { getBudget } from "@/lib/services/budget/get-budget";
import { listDestinations } from "@/lib/services/budget/list-destinations";
import { updateBudget } from "@/lib/services/budget/update-budget";
import { removeReader } from "@/lib/services/connectors/remove-reader";
import { setReader } from "@/lib/services/connectors/set-reader";

import { openConnector } from "./open-connector";

const places = z.number();
const share = { floor: places, ceiling: places.nullable() };
const weightsSchema = z.object({
  confidence: z.number(),
  severity: z.number(),
  recency: z.number(),
  type: z.number(),
  sources: z.number(),
});
const settings = { headroom: places, steadiness: z.number(), weights: weightsSchema };
const wanted = {
  wanted: places,
  chosen: places,
  several: places.meta({ description: "Of what is wanted, how much more than one connector wants." }),
};
const competitor = { id: z.uuid(), name: z.string(), ...share, ...wanted };

const readerSchema = z.object({
  clientId: z.uuid(),
  kind: z.enum(CREDENTIAL_KINDS),
  createdAt: timeSchema,
  createdBy: z.string(),
  expiresAt: timeSchema.nullable(),
  expirySource: z.enum(EXPIRY_SOURCES).nullable(),
  thumbprint: z.string().nullable(),
  refusedAt: timeSchema.nullable(),
  refusal: z.string().nullable(),
  lookedAt: timeSchema.nullable().meta({ description: "When it last read the whole tenant." }),
  problem: z.string().nullable().meta({ description: "Why it could not since; null: it could." }),
});

const destinationSchema = z.object({
  id: z.uuid(),
  cloud: z.enum(CLOUDS),
  tenantId: z.string(),
  tenantName: z.string().nullable(),
  limit: places,
  ours: places,
  foreign: places.nullable(),
  room: places.meta({
    description:
      "Places for records of ours. While `foreign` is null, the most there can be: what others put there is not visible, and takes from it.",
  }),
  reader: readerSchema.nullable().meta({
    description:
      "The application that reads the tenant for all teams, which an administrator set; null: each team sees what its own application may.",
  }),
  ...wanted,
  ...settings,
  teams: z.array(z.object({ ...competitor, slug: z.string() })),
  feeds: z.array(z.object({ ...competitor, team: z.string() })),
});

export const listDestinationsRoute = defineRoute({
  method: "GET",
  path: "/destinations",
  summary: "List destinations with a limit, and who competes for their places",
  description:
    "For administrators. `room` is what there is for records of ours: the limit without others' records and the headroom. `wanted` and `chosen` are of the last plans of connectors that are not paused, in places: a record that several of them want is one, for the destination, for each team and for each feed.",
  tags: ["Destinations"],
  permission: "admin.system",
  answer: { status: 200, schema: pageOf(destinationSchema) },
  run: async ({ actor }) => ({
    data: await listDestinations(actor, new Date()),
    nextCursor: null,
  }),
});

const shift = {
  leave: places.meta({ description: "They have a place, and would have none." }),
  come: places.meta({ description: "They have no place, and would have one." }),
  stay: places,
};

export const checkBudgetRoute = defineRoute({
  method: "POST",
  path: "/destinations/{id}/budget/check",
  summary: "Say what a change of who gets a destination's places would do",
  description:
    "For administrators; the body is that of the change. Chosen as plans do, among what the connectors' last plans want. A record that several want counts once, and with each team and feed that has a part in it. Nothing is changed.",
  tags: ["Destinations"],
  permission: "admin.system",
  idempotent: false,
  params: idParamsSchema,
  body: budgetPatchSchema,
  answer: {
    status: 200,
    schema: z.object({
      ...shift,
      standing: places.meta({ description: "Of those that leave, how many stand there now." }),
      room: places.meta({ description: "Places for records of ours, as it would be." }),
      teams: z.array(z.object({ id: z.uuid(), name: z.string(), slug: z.string(), ...shift })),
      feeds: z.array(z.object({ id: z.uuid(), name: z.string(), team: z.string(), ...shift })),
    }),
  },
  run: ({ actor, params, body }) => checkBudget(actor, params.id, body),
});

export const updateBudgetRoute = defineRoute({
  method: "PATCH",
  path: "/destinations/{id}/budget",
  summary: "Change who gets a destination's places",
  description:
    "For administrators; only the fields given. `teams` and `feeds` go by id: `floor` places are theirs before anybody competes, `ceiling` is the most they may have; null takes both away. Weights go from 0 to 10. What stands counts as if it were `steadiness` points of confidence surer.",
  tags: ["Destinations"],
  permission: "admin.system",
  params: idParamsSchema,
  body: budgetPatchSchema,
  answer: {
    status: 200,
    schema: z.object({
      ...settings,
      teams: z.record(z.string(), z.object(share)),
      feeds: z.record(z.string(), z.object(share)),
    }),
  },
  run: ({ actor, params, body }) => updateBudget(actor, params.id, body),
});

export const setReaderRoute = defineRoute({
  method: "PUT",
  path: "/destinations/{id}/reader",
  summary: "Give a destination an application that reads it for all teams",
  description:
    "For administrators; a Defender tenant only. It is tried first and refused unless it is shown the whole tenant (`Ti.Read.All` or `Ti.ReadWrite.All`); it never writes. Every team that sends there is then told how full the tenant is and what others hold there. The secret goes in and never out.",
  tags: ["Destinations"],
  permission: "admin.system",
  params: idParamsSchema,
  body: readerInputSchema,
  answer: { status: 200, schema: readerSchema },
  run: ({ actor, params, body, request }) => setReader(actor, params.id, body, request.signal),
});

export const removeReaderRoute = defineRoute({
  method: "DELETE",
  path: "/destinations/{id}/reader",
  summary: "Take away the application that reads a destination for all teams",
  description: "For administrators. Its secret is forgotten, and so is what only it could see.",
  tags: ["Destinations"],
  permission: "admin.system",
  params: idParamsSchema,
  answer: { status: 204 },
  run: ({ actor, params }) => removeReader(actor, params.id),
});

export const getBudgetRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/budget",
  summary: "See who gets the destination's places",
  description:
    "The team's own floor, ceiling and feeds, and what the newest plan took; nothing of other teams. `budget` is null where the vendor states no limit.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  answer: {
    status: 200,
    schema: z.object({
      budget: z
        .object({
          ...settings,
          share: z.object(share).nullable(),
          feeds: z.array(z.object({ id: z.uuid(), name: z.string(), share: z.object(share) })),
          latest: planBudgetSchema.nullable(),
        })
        .nullable(),
    }),
  },
  run: async ({ actor, params }) => ({
    budget: await getBudget(await openConnector(actor, params.id, "connector.read")),
  }),
});
