import "server-only";

import { z } from "zod";

export const PROPOSAL_STATES = ["open", "approved", "declined", "cancelled"] as const;
export const PROPOSAL_OPERATIONS = ["add", "withdraw"] as const;

export const PROPOSAL_SELECT = {
  id: true,
  teamId: true,
  operation: true,
  state: true,
  reason: true,
  items: true,
  proposedBy: true,
  proposedByName: true,
  proposedAt: true,
  decidedByName: true,
  decidedAt: true,
  decisionReason: true,
} as const;

type ProposalRow = Omit<ProposalView, "operation" | "state"> & { operation: string; state: string };

export type ProposalView = {
  id: string;
  teamId: string;
  /** `add` stands for edits, too. */
  operation: (typeof PROPOSAL_OPERATIONS)[number];
  state: (typeof PROPOSAL_STATES)[number];
  /** The author's words; blank for additions. */
  reason: string;
  items: number;
  proposedBy: string;
  proposedByName: string;
  proposedAt: Date;
  decidedByName: string | null;
  decidedAt: Date | null;
  decisionReason: string | null;
};

export const toProposalView = ({ operation, state, ...row }: ProposalRow): ProposalView => ({
  ...row,
  operation: z.enum(PROPOSAL_OPERATIONS).parse(operation),
  state: z.enum(PROPOSAL_STATES).parse(state),
});
