import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import { INDICATOR_TYPES, tlpFromCode, TLPS } from "@/lib/domain/indicator/types";
import { approveProposal, cancelProposal, declineProposal } from "@/lib/services/proposals/decide-proposal";
import {
  getProposal,
  listProposalItems,
  listProposals,
  type ProposalItem,
} from "@/lib/services/proposals/list-proposals";
import {
  PROPOSAL_OPERATIONS,
  PROPOSAL_STATES,
  type ProposalView,
} from "@/lib/services/proposals/proposal-view";

export const proposalSchema = z.object({
  id: z.uuid(),
  team: z.string(),
  operation: z.enum(PROPOSAL_OPERATIONS).meta({ description: "`add` stands for edits, too." }),
  state: z.enum(PROPOSAL_STATES),
  reason: z.string().meta({ description: "Why it is to be withdrawn; blank for additions." }),
  items: z.int(),
  proposedBy: z.string(),
  proposedAt: timeSchema,
  decidedBy: z.string().nullable(),
  decidedAt: timeSchema.nullable(),
  decisionReason: z.string().nullable().meta({ description: "Why it was declined." }),
});

const entrySchema = z.object({
  confidence: z.int(),
  tlp: z.enum(TLPS),
  tags: z.array(z.string()),
  comment: z.string(),
  validUntil: timeSchema.nullable(),
  action: z.string().nullable(),
  severity: z.string().nullable(),
});

const itemSchema = z.object({
  line: z.int(),
  id: z.uuid().meta({ description: "The indicator's." }),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  before: z.object({
    isActive: z.boolean(),
    entry: entrySchema.nullable().meta({ description: "In the team's own list." }),
    withdrawnBecause: z.string().nullable(),
    feeds: z.array(z.string()),
  }),
  after: entrySchema.nullable().meta({ description: "Null: it is to be withdrawn." }),
  isStale: z
    .boolean()
    .meta({ description: "It stands otherwise now than when it was proposed: approving answers 409." }),
});

/** A proposal as the API shows it to somebody of its team. */
export const toProposalAnswer = (actor: Actor, proposal: ProposalView): z.input<typeof proposalSchema> => ({
  ...proposal,
  team: requireInTeam(actor, "indicator.read", proposal.teamId, "proposal").slug,
  proposedBy: proposal.proposedByName,
  decidedBy: proposal.decidedByName,
});

const toItem = ({ before, after, ...item }: ProposalItem): z.input<typeof itemSchema> => ({
  ...item,
  before: { ...before, entry: before.entry && { ...before.entry, tlp: tlpFromCode(before.entry.tlp) } },
  after: after && {
    ...after,
    confidence: after.confidence ?? 0,
    tlp: after.tlp ?? "amber",
    validUntil: after.validUntil == null ? null : new Date(after.validUntil),
  },
});

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

export const listProposalsRoute = defineRoute({
  method: "GET",
  path: "/proposals",
  summary: "List changes of teams' own lists that wait for a second person, and what became of earlier ones",
  tags: ["Proposals"],
  permission: "indicator.read",
  query: listQuerySchema.extend({ team: z.string().optional(), state: z.enum(PROPOSAL_STATES).optional() }),
  answer: { status: 200, schema: pageOf(proposalSchema) },
  run: async ({ actor, query: { team, state, limit, cursor }, inTeam }) => {
    const teamIds = team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(team).id];
    const [at, id] = decodeCursor(cursor, cursorSchema) ?? [];
    const after = at !== undefined && id !== undefined ? { at, id } : null;
    const { proposals, next } = await listProposals(actor, { teamIds, state, limit, after });
    return {
      data: proposals.map((proposal) => toProposalAnswer(actor, proposal)),
      nextCursor: next && encodeCursor([next.at, next.id]),
    };
  },
});

export const getProposalRoute = defineRoute({
  method: "GET",
  path: "/proposals/{id}",
  summary: "Read a proposal",
  tags: ["Proposals"],
  permission: "indicator.read",
  params: idParamsSchema,
  answer: { status: 200, schema: proposalSchema },
  run: async ({ actor, params }) => toProposalAnswer(actor, await getProposal(actor, params.id)),
});

export const listProposalItemsRoute = defineRoute({
  method: "GET",
  path: "/proposals/{id}/items",
  summary: "List what a proposal changes: each value before and after",
  tags: ["Proposals"],
  permission: "indicator.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(itemSchema) },
  run: async ({ actor, params, query: { limit, cursor } }) => {
    const proposal = await getProposal(actor, params.id);
    requireInTeam(actor, "indicator.read", proposal.teamId, "proposal");
    const after = decodeCursor(cursor, z.int().min(0)) ?? 0;
    const { items, next } = await listProposalItems(proposal, { limit, after });
    return { data: items.map(toItem), nextCursor: next === null ? null : encodeCursor(next) };
  },
});

export const approveProposalRoute = defineRoute({
  method: "POST",
  path: "/proposals/{id}/approve",
  summary: "Let another member's change in, exactly as it was proposed",
  description:
    "Its author may not. 409 when a value was changed, withdrawn or brought since: then nothing is done.",
  tags: ["Proposals"],
  permission: "indicator.approve",
  params: idParamsSchema,
  answer: { status: 204 },
  run: async ({ actor, params }) => approveProposal(actor, await getProposal(actor, params.id)),
});

export const declineProposalRoute = defineRoute({
  method: "POST",
  path: "/proposals/{id}/decline",
  summary: "Refuse another member's change, with a reason",
  tags: ["Proposals"],
  permission: "indicator.approve",
  params: idParamsSchema,
  body: z.strictObject({ reason: z.string().trim().min(1, "Say why.").max(1_000) }),
  answer: { status: 204 },
  run: async ({ actor, params, body }) =>
    declineProposal(actor, await getProposal(actor, params.id), body.reason),
});

export const cancelProposalRoute = defineRoute({
  method: "POST",
  path: "/proposals/{id}/cancel",
  summary: "Take your own proposal back",
  tags: ["Proposals"],
  permission: "indicator.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: async ({ actor, params }) => cancelProposal(actor, await getProposal(actor, params.id)),
});
