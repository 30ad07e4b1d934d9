import "server-only";

import { asTeam } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { lockConnector } from "@/lib/services/connectors/standing";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

type Options = { pushId: string; teamId: string; doer: Doer; now?: Date };

/**
 * Goes on with a stopped push: what was answered stays, what is open is sent. Throws `conflict` when it is not stopped or
 * another push of the connector is open.
 */
export const resumePush = async ({ pushId, teamId, doer, now = new Date() }: Options): Promise<void> => {
  await asTeam(teamId, async (tx) => {
    const push = await tx.push.findFirst({ where: { id: pushId, teamId }, select: { connectorId: true } });
    if (!push) throw new AppError("not_found", "There is no such push.");
    const { connectorId } = push;
    await lockConnector(tx, { id: connectorId, teamId });
    const open = await tx.push.count({
      where: { connectorId, teamId, state: { in: ["queued", "running"] } },
    });
    if (open > 0)
      throw new AppError("conflict", "A push of this connector is under way. Wait until it is done.");
    const { count } = await tx.push.updateMany({
      where: { id: pushId, teamId, state: "stopped" },
      data: { state: "queued", message: null, finishedAt: null, queuedAt: now },
    });
    if (count === 0) throw new AppError("conflict", "Only a stopped push can be resumed.");
    const subject = { type: "push", id: pushId };
    await recordAudit(tx, { teamId, doer, action: "push.resume", subject, detail: { connectorId } }, now);
    await announce(tx, pushDeliver, { pushId });
  });
  await relayOutbox();
};
