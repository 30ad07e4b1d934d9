import "server-only";

import { bulkAsSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { patchBudget, type BudgetPatch, type BudgetSettings } from "@/lib/domain/selection/budget-settings";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { announceRoom } from "./announce-room";
import { assertPromise, readBudget } from "./budget-settings";

/**
 * Changes who gets a destination's places; only the fields given. Automatic connectors plan by it at once, others with their
 * next plan. Throws `invalid_input` for floors that promise more than there is.
 */
export const updateBudget = async (
  actor: Actor,
  destinationId: string,
  patch: BudgetPatch,
): Promise<BudgetSettings> => {
  requireAdministrator(actor, "admin.system");
  return bulkAsSystem("administration", async (client) => {
    const { budget: before, limit } = await readBudget(client, destinationId, { isLocked: true });
    const after = patchBudget(before, patch);
    assertPromise(before, after, limit);
    await client.query("UPDATE destination SET budget = $2 WHERE id = $1", [
      destinationId,
      JSON.stringify(after),
    ]);
    const subject = { type: "destination", id: destinationId };
    await recordAuditSql(client, {
      teamId: null,
      doer: asDoer(actor),
      action: "budget.update",
      subject,
      detail: { before, after },
    });
    await announceRoom(client, destinationId, { isForAll: true });
    return after;
  });
};
