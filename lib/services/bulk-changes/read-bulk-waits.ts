import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

/** What a team wants a second person for; a change of many at once cannot wait for one, so it is not offered. */
export type BulkWaits = { edits: boolean; withdrawals: boolean };

/** What of changing many at once a team of the actor's keeps back. */
export const readBulkWaits = (actor: Actor, teamId: string): Promise<BulkWaits> =>
  asActor(actor, async (tx) => {
    const team = await tx.team.findUniqueOrThrow({
      where: { id: teamId },
      select: { secondPerson: true, secondPersonWithdrawals: true },
    });
    return { edits: team.secondPerson !== "off", withdrawals: team.secondPersonWithdrawals };
  });
