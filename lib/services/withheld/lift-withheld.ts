import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announcePlans } from "@/lib/services/planning/announce-plans";
import { planForReview, type WaitingPlan } from "@/lib/services/planning/plan-for-review";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { voidTakingBack } from "./void-taking-back";

/**
 * Ends a hold: what is still vouched for goes out again with the next plan, which is made at once. What was planned to take it back
 * is void. Gives the plans that wait for a person. Throws `conflict` for one that was lifted.
 */
export const liftWithheld = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
): Promise<WaitingPlan[]> => {
  const now = new Date();
  await asTeam(teamId, async (tx) => {
    const { count } = await tx.withheld.updateMany({
      where: { id, teamId, liftedAt: null },
      data: { liftedAt: now, liftedByName: actor.name },
    });
    if (count === 0) throw new AppError("conflict", "It is not held back any more.");
    await voidTakingBack(tx, { holdIds: [id], teamIds: [teamId] });
    const subject = { type: "withheld", id };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "withheld.lift", subject }, now);
    await announcePlans(tx, teamId);
  });
  await relayOutbox();
  return planForReview(actor, teamId);
};
