import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { forgetWishes } from "@/lib/services/budget/budget-entries";

import { retireCredentials } from "./credentials";
import { assertNothingStands, lockConnector } from "./standing";

/**
 * Removes a connector and forgets its secret; its history stays. Throws `conflict` while its indicators stand at the
 * destination: nobody could take them back any more.
 */
export const deleteConnector = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
): Promise<void> => {
  const now = new Date();
  await asTeam(teamId, async (tx) => {
    await lockConnector(tx, { id, teamId });
    await assertNothingStands(tx, { id, teamId }, "it cannot be deleted");
    const connector = await tx.connector.update({
      where: { id, teamId },
      data: { deletedAt: now, enabled: false },
      select: { name: true, kind: true },
    });
    await forgetWishes(tx, { id, teamId });
    // What was decided about its records is about nothing any more; what was removed counts for its hour (`start-stranger-removal.ts`).
    await tx.$executeRaw`
      DELETE FROM stranger WHERE connector_id = ${id}::uuid AND team_id = ${teamId}::uuid
        AND (removed_at IS NULL OR started_at IS NULL OR started_at <= clock_timestamp() - interval '1 hour')`;
    await tx.recordOverride.deleteMany({ where: { connectorId: id, teamId } });
    await retireCredentials(tx, { connectorId: id, teamId, now });
    const detail = { name: connector.name, kind: connector.kind };
    const subject = { type: "connector", id };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "connector.delete", subject, detail }, now);
  });
};
