import "server-only";

import type { CredentialWatch } from "@/lib/connectors/api-client";
import { asTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { logger } from "@/lib/observability/logger";
import { recordAudit } from "@/lib/services/audit/record-audit";

type Watched = { credentialId: string; connectorId: string; teamId: string; isRefused: boolean };

/**
 * Notes with a credential that Microsoft does not take it, once, and that it does again. Of one that is not in use only whoever tries
 * it out is told.
 */
export const watchCredential = (watched: Watched): CredentialWatch => ({
  refused: (why) => noteRefusal(watched, why),
  // Most are never refused, and cost no write.
  ...(watched.isRefused && { accepted: () => noteAcceptance(watched) }),
});

const noteRefusal = async ({ credentialId, connectorId, teamId }: Watched, why: string): Promise<void> => {
  const now = new Date();
  const refusal = why.slice(0, MAX_CHARACTERS);
  await asTeam(teamId, async (tx) => {
    const { count } = await tx.credential.updateMany({
      where: { id: credentialId, teamId, refusedAt: null },
      data: { refusedAt: now, refusal },
    });
    if (count === 0) return;
    const inUse = await tx.credential.count({ where: { id: credentialId, teamId, state: "active" } });
    if (inUse === 0) return;
    const subject = { type: "connector", id: connectorId };
    const detail = { why: refusal };
    await recordAudit(tx, { teamId, doer: SYSTEM, action: "credential.refused", subject, detail }, now);
    logger.warn({ connectorId, teamId }, "Microsoft does not accept a connector's credential");
  });
};

const noteAcceptance = async ({ credentialId, teamId }: Watched): Promise<void> => {
  await asTeam(teamId, (tx) =>
    tx.credential.updateMany({
      where: { id: credentialId, teamId, refusedAt: { not: null } },
      data: { refusedAt: null, refusal: null },
    }),
  );
};

const MAX_CHARACTERS = 1_000;
