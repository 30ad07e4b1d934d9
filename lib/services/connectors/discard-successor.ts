import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { forgetStaged } from "./credentials";
import { lockConnector } from "./standing";

/** Forgets a staged successor. Throws `conflict` when none is staged. */
export const discardSuccessor = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
): Promise<void> => {
  const now = new Date();
  await asTeam(teamId, async (tx) => {
    await lockConnector(tx, { id, teamId });
    if (!(await forgetStaged(tx, { connectorId: id, teamId, now })))
      throw new AppError("conflict", "No successor is staged.");
    const subject = { type: "connector", id };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "credential.discard", subject }, now);
  });
};
