import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { announcedAfterMove } from "@/lib/domain/connector/credential-life";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { assertAhead } from "./credentials";
import { lockConnector } from "./standing";

/**
 * Notes until when a connector's secret holds, on a person's word. Throws `conflict` where somebody who knows has said it: the
 * certificate itself, or Entra ID; `invalid_input` for an end that is past.
 */
export const stateSecretEnd = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  expiresAt: Date | null,
): Promise<void> => {
  const now = new Date();
  if (expiresAt !== null) assertAhead(expiresAt, { now, field: "expiresAt" });
  await asTeam(teamId, async (tx) => {
    await lockConnector(tx, { id, teamId });
    const active = await tx.credential.findFirst({
      where: { connectorId: id, teamId, state: "active" },
      select: { id: true, kind: true, expirySource: true, expiresAt: true, announcedDays: true },
    });
    if (active?.kind !== "secret")
      throw new AppError("conflict", "Only a client secret needs to be told when it ends.");
    if (active.expirySource === "entra")
      throw new AppError("conflict", "Entra ID says itself when this secret ends.");
    const moved = { before: active.expiresAt, after: expiresAt, announced: active.announcedDays };
    const announcedDays = announcedAfterMove(moved, now);
    await tx.credential.update({
      where: { id: active.id },
      data: { expiresAt, expirySource: expiresAt === null ? null : "stated", announcedDays },
      select: { id: true },
    });
    const detail = { expiresAt: expiresAt?.toISOString() ?? null };
    const subject = { type: "connector", id };
    const action = "credential.state-end";
    await recordAudit(tx, { teamId, doer: asDoer(actor), action, subject, detail }, now);
  });
};
