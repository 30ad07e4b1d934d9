import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { IS_READABLE } from "@/lib/db/queries/is-readable";
import { isSending } from "@/lib/db/queries/is-sending";
import { asSystem } from "@/lib/db/scope";
import { LONGEST_COMPARISON_MINUTES } from "@/lib/domain/delivery/comparison";
import { connectorReconcile } from "@/lib/jobs/connector-reconcile.job";
import { announce } from "@/lib/services/outbox/announce";

/** A turn a minute: enough for 1,200 connectors, and few enough to leave the queue to what is read back. */
const AT_ONCE = 20;

/**
 * Has connectors that can read their destinations compared with these as often as each is set to, and those of which a person asked for
 * it and no job knows, those first; none while something is sent there; a push that only waits is nothing that is sent. Call about
 * once a minute.
 */
export const announceReconciles = async (): Promise<number> =>
  asSystem("scheduling", async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT c.id FROM connector c
      WHERE ${Prisma.raw(IS_READABLE)} AND c.enabled AND c.deleted_at IS NULL
        AND (c.reconcile_tried_at IS NULL OR c.reconcile_tried_at < now() - make_interval(mins => c.reconcile_minutes)
          OR (c.reconcile_asked_at IS NOT NULL AND (c.reconciling_since IS NULL
            OR c.reconciling_since < now() - make_interval(mins => ${LONGEST_COMPARISON_MINUTES}))))
        AND NOT ${Prisma.raw(isSending("c.destination_id"))}
      ORDER BY c.reconcile_asked_at IS NULL, c.reconcile_tried_at NULLS FIRST, c.id LIMIT ${AT_ONCE}`;
    for (const { id } of rows) await announce(tx, connectorReconcile, { connectorId: id });
    return rows.length;
  });
