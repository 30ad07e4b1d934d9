import "server-only";

import { bulkAsSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { isSeen, withoutShared } from "@/lib/domain/delivery/capacity";
import { AppError } from "@/lib/domain/errors";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceRoom } from "@/lib/services/budget/announce-room";
import { readKnownCapacity, writeKnownCapacity } from "@/lib/services/delivery/note-capacity";
import { requireAdministrator } from "@/lib/services/people/privilege";
import { forgetForeign } from "@/lib/services/reconcile/foreign-records";

/**
 * Takes away the application that reads a destination for all teams, and its secret. What it showed is forgotten, but for what an
 * application of a team's own sees as well.
 */
export const removeReader = async (actor: Actor, destinationId: string): Promise<void> => {
  requireAdministrator(actor, "admin.system");
  await bulkAsSystem("administration", async (client) => {
    const { rows } = await client.query<{ clientId: string }>(
      `DELETE FROM destination_reader WHERE destination_id = $1 RETURNING client_id AS "clientId"`,
      [destinationId],
    );
    const [row] = rows;
    if (!row) throw new AppError("not_found", "This destination has no credential of its own.");
    const known = await readKnownCapacity(client, destinationId);
    if (known?.shared) {
      const left = withoutShared(known);
      await writeKnownCapacity(client, destinationId, left);
      if (!isSeen(left)) await forgetForeign(client, destinationId);
      await announceRoom(client, destinationId);
    }
    const subject = { type: "destination", id: destinationId };
    await recordAuditSql(client, {
      teamId: null,
      doer: asDoer(actor),
      action: "reader.remove",
      subject,
      detail: { clientId: row.clientId },
    });
  });
};
