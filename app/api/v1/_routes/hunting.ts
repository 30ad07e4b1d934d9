import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema } from "@/lib/api/schemas";
import { countHeld } from "@/lib/services/connectors/count-held";
import { getHunting } from "@/lib/services/connectors/hunting";

import { openConnector } from "./open-connector";

const templateSchema = z
  .object({
    $schema: z.string(),
    contentVersion: z.string(),
    parameters: z.unknown(),
    resources: z.array(z.unknown()).readonly(),
  })
  .nullable()
  .meta({ description: "An ARM template; null for Defender." });

export const getHuntingRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/hunting",
  summary: "Get queries, a workbook and rules that look for the team's indicators at the destination",
  description:
    "KQL and ARM templates with the team and the source system filled in. Nothing is asked of Microsoft. Its own parser takes every query, and none was tried in a workspace or a tenant: run each once by hand first.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  answer: {
    status: 200,
    schema: z.object({
      queries: z.array(z.object({ id: z.string(), title: z.string(), about: z.string(), query: z.string() })),
      workbook: templateSchema,
      analyticsRules: templateSchema,
    }),
  },
  run: async ({ actor, params }) => getHunting(await openConnector(actor, params.id, "connector.read")),
});

export const countHeldRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/count",
  summary: "Ask a Sentinel workspace how many of the team's indicators it holds",
  description:
    "`live` is how many stand there by its answers to pushes. It only reads; new ones take some minutes to be counted.",
  tags: ["Connectors"],
  permission: "push.apply",
  idempotent: false,
  params: idParamsSchema,
  answer: { status: 200, schema: z.object({ held: z.number(), live: z.number() }) },
  run: async ({ actor, params, request }) =>
    countHeld(await openConnector(actor, params.id, "push.apply"), request.signal),
});
