import "server-only";

import { askSecretEnd } from "@/lib/connectors/registry";
import { asTeam } from "@/lib/db/scope";
import { announcedAfterMove } from "@/lib/domain/connector/credential-life";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";

import { applicationOf, type ConnectorAccess } from "./open-connector";

/**
 * Asks Entra ID until when a connector's secret holds and notes what it says; what a person stated stands where Entra ID does not
 * tell. Gives whether there was an answer: that Microsoft Graph is away keeps nothing else from going on.
 */
export const checkSecretEnd = async (access: ConnectorAccess, signal?: AbortSignal): Promise<boolean> => {
  const { credential, credentialId, teamId, connectorId } = access;
  if (credential.kind !== "secret") return true;
  const where = { id: credentialId, teamId };
  try {
    const before = await asTeam(teamId, (tx) =>
      tx.credential.findUniqueOrThrow({
        where,
        select: { keyId: true, expiresAt: true, announcedDays: true },
      }),
    );
    const { keyId } = before;
    const end = await askSecretEnd(applicationOf(access), { keyId, secret: credential.secret }, signal);
    const expiryCheckedAt = new Date();
    const isFound = end.status === "found";
    const moved = { before: before.expiresAt, after: isFound ? end.expiresAt : before.expiresAt };
    const announced = { ...moved, announced: before.announcedDays };
    const announcedDays = announcedAfterMove(announced, expiryCheckedAt);
    await asTeam(teamId, (tx) =>
      tx.credential.update({
        where,
        data: {
          expiryCheckedAt,
          ...(isFound && { expiresAt: end.expiresAt, expirySource: "entra", keyId: end.keyId }),
          // What is announced in this moment is not taken back.
          ...(announcedDays !== before.announcedDays && { announcedDays }),
        },
        select: { id: true },
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    logger.info(
      { connectorId, err: error },
      "Microsoft Graph did not say when a secret ends; it is asked again",
    );
    return false;
  }
};
