import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { GivenCredential } from "@/lib/domain/connector/credential-input";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

import type { TestResult } from "./connector-view";
import { readCredential, stageReadCredential } from "./credentials";
import { assertMayUseIdentity } from "./machine-identities";
import { readConnectorAccess } from "./open-connector";
import { checkSecretEnd } from "./check-secret-end";
import { lockConnector } from "./standing";
import { toStoredTest, tryAccess } from "./test-connection";

/**
 * Puts a successor beside a connector's credential and tries it out: a token, a read, a write that changes nothing. Pushes go on
 * with the present one. A successor staged before is forgotten.
 */
export const stageCredential = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  given: GivenCredential,
  signal?: AbortSignal,
): Promise<TestResult> => {
  const now = new Date();
  assertMayUseIdentity(actor, given.identity);
  const read = readCredential(given, now);
  if (!read) throw new AppError("invalid_input", "Give a client secret or a certificate.");
  const access = await asTeam(teamId, async (tx) => {
    await lockConnector(tx, { id, teamId });
    const credentialId = await stageReadCredential(tx, read, {
      ...{ connectorId: id, teamId, now },
      userId: actor.userId,
    });
    const detail = { credential: read.credential.kind };
    const subject = { type: "connector", id };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "credential.stage", subject, detail }, now);
    return readConnectorAccess(tx, id, credentialId);
  });
  const result = await tryAccess(access, signal);
  await asTeam(teamId, (tx) =>
    tx.credential.updateMany({
      where: { id: access.credentialId, teamId, state: "staged" },
      data: { lastTest: toStoredTest(result, new Date()) },
    }),
  );
  if (result.ok) await checkSecretEnd(access, signal);
  return result;
};
