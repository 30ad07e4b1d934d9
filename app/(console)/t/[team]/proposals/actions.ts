"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { unknown } from "@/lib/auth/require";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { approveProposal, cancelProposal, declineProposal } from "@/lib/services/proposals/decide-proposal";
import { getProposal } from "@/lib/services/proposals/list-proposals";
import type { ProposalView } from "@/lib/services/proposals/proposal-view";

const ofProposal = { team: z.string(), proposalId: z.uuid() };

const proposalIn = async (actor: Actor, team: TeamAccess, id: string): Promise<ProposalView> => {
  const proposal = await getProposal(actor, id);
  if (proposal.teamId !== team.id) throw unknown("proposal");
  return proposal;
};

/** Lets another member's change in. */
export const approveProposalAction = defineTeamAction({
  permission: "indicator.approve",
  schema: z.object(ofProposal),
  run: async ({ actor, team, input }) => {
    await approveProposal(actor, await proposalIn(actor, team, input.proposalId));
    revalidatePath(`/t/${team.slug}`, "layout");
    return { status: "done", message: "Approved. It stands as proposed, and goes out with the next plan." };
  },
});

/** Refuses another member's change. */
export const declineProposalAction = defineTeamAction({
  permission: "indicator.approve",
  schema: z.object({
    ...ofProposal,
    reason: z.string().trim().min(1, "Say why: its author reads it.").max(1_000),
  }),
  run: async ({ actor, team, input }) => {
    await declineProposal(actor, await proposalIn(actor, team, input.proposalId), input.reason);
    revalidatePath(`/t/${team.slug}`, "layout");
    return { status: "done", message: "Declined. Nothing of it was done." };
  },
});

/** Takes the caller's own proposal back. */
export const cancelProposalAction = defineTeamAction({
  permission: "indicator.write",
  schema: z.object(ofProposal),
  run: async ({ actor, team, input }) => {
    await cancelProposal(actor, await proposalIn(actor, team, input.proposalId));
    revalidatePath(`/t/${team.slug}`, "layout");
    return { status: "done", message: "Cancelled. Nothing of it was done." };
  },
});
