import "server-only";

import type { Tx } from "@/lib/db/client";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { announce } from "@/lib/services/outbox/announce";

/**
 * Has what waits for the destination of a connector look at once: its policy, or what it signs in with, is another one now. One that
 * was planned under another policy is stopped before anything of it leaves (`isOutdated`).
 */
export const wakeWaiting = async (tx: Tx, connectorId: string): Promise<void> => {
  const woken = await tx.$queryRaw<{ id: string; urgent: boolean }[]>`
    UPDATE push SET wake_at = NULL, announced_at = now()
    WHERE connector_id = ${connectorId}::uuid AND state = 'running' AND waiting_since IS NOT NULL AND lease_owner IS NULL
    RETURNING id, urgent`;
  for (const { id, urgent } of woken)
    await announce(tx, urgent ? pushDeliverUrgent : pushDeliver, { pushId: id });
};
