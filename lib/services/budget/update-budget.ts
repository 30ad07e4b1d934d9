import "server-only";

import { isDeepStrictEqual } from "node:util";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import {
  findOverpromise,
  patchBudget,
  type BudgetPatch,
  type BudgetSettings,
} from "@/lib/domain/selection/budget-settings";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { announceRoom } from "./announce-room";
import { dropAllEntries } from "./budget-entries";
import { readSettings } from "./budget-settings";
import { parseCapacity } from "@/lib/services/delivery/note-capacity";

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
    const { budget: before, limit } = await lockDestination(client, destinationId);
    const after = patchBudget(before, patch);
    const overpromise = findOverpromise(after, limit);
    if (overpromise !== null) throw refuse(overpromise);
    await client.query("UPDATE destination SET budget = $2 WHERE id = $1", [
      destinationId,
      JSON.stringify(after),
    ]);
    // What was weighed otherwise is no measure beside what is weighed now: each connector says anew what it wants.
    if (!isDeepStrictEqual(before.weights, after.weights)) await dropAllEntries(client, destinationId);
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

const lockDestination = async (
  client: PoolClient,
  destinationId: string,
): Promise<{ budget: BudgetSettings; limit: number }> => {
  const { rows } = await client.query<{ capacity: unknown; budget: unknown }>(
    "SELECT capacity, budget FROM destination WHERE id = $1 AND kind = 'defender' FOR UPDATE",
    [destinationId],
  );
  const [row] = rows;
  if (!row) throw new AppError("not_found", "There is no such destination with a limit.");
  return { budget: readSettings(row.budget), limit: parseCapacity(row.capacity).limit };
};

const refuse = (detail: string): AppError =>
  new AppError("invalid_input", detail, { fields: [{ pointer: "/headroom", detail }] });
