import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute, Waiting } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf } from "@/lib/api/schemas";
import { parseText } from "@/lib/domain/indicator/extract";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { ADD_OUTCOMES, addIndicatorsSchema } from "@/lib/domain/indicator/local";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { checkText } from "@/lib/services/indicators/check-text";
import { listIndicators } from "@/lib/services/indicators/list-indicators";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { liftWithdrawal } from "@/lib/services/indicators/lift-withdrawal";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { getProposal } from "@/lib/services/proposals/list-proposals";

import { indicatorSchema, traceSchema, typeSchema } from "./indicator-schema";
import { proposalSchema, toProposalAnswer } from "./proposals";

const textSchema = z.string().max(1_000_000, "At most 1,000,000 characters.");

export const parseIndicatorsRoute = defineRoute({
  method: "POST",
  path: "/indicators/parse",
  summary: "Read indicators out of a pasted text, storing nothing",
  tags: ["Indicators"],
  permission: "indicator.read",
  idempotent: false,
  body: z.strictObject({ text: textSchema }),
  answer: {
    status: 200,
    schema: z.object({
      indicators: z.array(
        z.object({ type: typeSchema, value: z.string(), line: z.number(), original: z.string() }),
      ),
      rejected: z.array(z.object({ line: z.number(), original: z.string(), reason: z.string() })),
    }),
  },
  run: ({ body }) => Promise.resolve(parseText(body.text)),
});

export const checkIndicatorsRoute = defineRoute({
  method: "POST",
  path: "/indicators/check",
  summary: "Say of each value in a pasted text what adding it to a team's list would do, storing nothing",
  tags: ["Indicators"],
  permission: "indicator.write",
  idempotent: false,
  body: z.strictObject({ team: z.string(), text: textSchema }),
  answer: {
    status: 200,
    schema: z.object({
      data: z.array(
        z.object({
          line: z.number(),
          original: z.string(),
          verdict: z
            .enum(["new", "known", "duplicate", "allowlisted", "withdrawn", "rejected"])
            .meta({ description: "`withdrawn`: a person of the team withdrew it; adding it lifts that." }),
          type: typeSchema.nullable(),
          value: z.string().nullable(),
          note: z.string().nullable(),
        }),
      ),
    }),
  },
  run: async ({ body, inTeam }) => ({ data: await checkText(inTeam(body.team).id, body.text) }),
});

const addedSchema = z.object({
  data: z.array(
    z.object({
      id: z.uuid().nullable(),
      type: typeSchema.nullable(),
      value: z.string(),
      outcome: z.enum(ADD_OUTCOMES),
      reason: z.string().nullable(),
      caution: z
        .string()
        .nullable()
        .meta({ description: "What an allowlist says of it, also when it was added." }),
      proposalId: z.uuid().nullable().meta({ description: "Where it waits for a second person." }),
    }),
  ),
});

export const addIndicatorsRoute = defineRoute({
  method: "POST",
  path: "/indicators",
  summary: "Add indicators to a team's own list; each is judged by itself",
  tags: ["Indicators"],
  permission: "indicator.write",
  description:
    "Where the team asks for a second person, what must wait is kept as one proposal and the answer is 202 with it; what need not wait is added.",
  body: addIndicatorsSchema,
  answer: { status: 200, schema: addedSchema },
  waits: addedSchema.extend({ proposal: proposalSchema }),
  run: async ({ actor, body, inTeam }) => {
    const data = await addLocalIndicators(actor, inTeam(body.team), body.indicators);
    const id = data.find(({ proposalId }) => proposalId !== null)?.proposalId ?? null;
    if (id === null) return { data };
    return new Waiting({ data, proposal: toProposalAnswer(actor, await getProposal(actor, id)) });
  },
});

const timelineCursorSchema = z.tuple([z.iso.datetime(), z.string().max(100)]);
const cursorSchema = z.tuple([z.string(), z.string().regex(/^\d{1,19}$/), z.uuid()]);

export const listIndicatorsRoute = defineRoute({
  method: "GET",
  path: "/indicators",
  summary: "List and search indicators",
  description:
    "`q` is a value in any spelling (an address also finds the networks around it), a network (everything inside it or around it), a domain (with its subdomains, and URLs and e-mail addresses at them), an id (of the indicator, of its entry or event at a source, of its record at Defender or Sentinel), how a value begins, or what a domain, URL or e-mail address contains. A filter that may be given several times takes any of its values; different filters must all hold.",
  tags: ["Indicators"],
  permission: "indicator.read",
  query: listQuerySchema.extend({ team: z.string().optional(), ...indicatorFilterSchema.shape }),
  answer: { status: 200, schema: pageOf(indicatorSchema) },
  run: async ({ actor, query, inTeam }) => {
    const { limit, cursor, team, ...filter } = query;
    const teamIds = team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(team).id];
    const [key, id, teamId] = decodeCursor(cursor, cursorSchema) ?? [];
    const position = key && id && teamId ? { key, id, team: teamId } : null;
    const { indicators, next } = await listIndicators(actor, { teamIds, filter, limit, cursor: position });
    return { data: indicators, nextCursor: next && encodeCursor([next.key, next.id, next.team]) };
  },
});

export const traceIndicatorRoute = defineRoute({
  method: "GET",
  path: "/indicators/{id}",
  summary: "Trace an indicator: why it is here and where it went",
  tags: ["Indicators"],
  permission: "indicator.read",
  params: idParamsSchema,
  query: z.strictObject({ timelineCursor: z.string().optional() }),
  answer: { status: 200, schema: traceSchema },
  run: async ({ actor, params, query }) => {
    const [at, key] = decodeCursor(query.timelineCursor, timelineCursorSchema) ?? [];
    const after = at !== undefined && key !== undefined ? { at, key } : null;
    const { timelineNext: next, ...trace } = await traceIndicator(actor, params.id, { after });
    return { ...trace, timelineCursor: next && encodeCursor([next.at, next.key]) };
  },
});

export const liftIndicatorRoute = defineRoute({
  method: "POST",
  path: "/indicators/{id}/lift",
  summary: "End a person's withdrawal of an indicator: what the team's feeds say of it counts again",
  description:
    "The team's own entry, which the withdrawal ended, stays ended; add the value to have it back.",
  tags: ["Indicators"],
  permission: "indicator.write",
  params: idParamsSchema,
  body: z.strictObject({ team: z.string() }),
  answer: {
    status: 200,
    schema: z.object({
      isActive: z.boolean().meta({ description: "Whether a feed of the team vouches for it now." }),
    }),
  },
  run: ({ actor, params, body, inTeam }) => liftWithdrawal(actor, inTeam(body.team), params.id),
});

export const withdrawIndicatorRoute = defineRoute({
  method: "POST",
  path: "/indicators/{id}/withdraw",
  summary: "End the team's own claim on an indicator",
  tags: ["Indicators"],
  permission: "indicator.write",
  params: idParamsSchema,
  body: z.strictObject({ team: z.string(), reason: z.string().trim().min(1, "Say why.").max(1_000) }),
  answer: { status: 204 },
  waits: z.object({ proposal: proposalSchema }),
  run: async ({ actor, params, body, inTeam }) => {
    const { reason } = body;
    const id = await withdrawIndicator(actor, inTeam(body.team), { indicatorId: params.id, reason });
    if (id !== null) return new Waiting({ proposal: toProposalAnswer(actor, await getProposal(actor, id)) });
  },
});
