import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { findChosen } from "./activate-credential";
import type { TestResult } from "./connector-view";
import { readConnectorAccess } from "./open-connector";
import { toFound, toStoredTest, tryAccess } from "./test-connection";

/** Tries a staged successor out once more; the result is kept with it. Throws `conflict` when none is staged. */
export const testSuccessor = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  signal?: AbortSignal,
): Promise<TestResult> => {
  const access = await asTeam(teamId, async (tx) =>
    readConnectorAccess(tx, id, await findChosen(tx, { id, teamId }, "successor")),
  );
  const result = await tryAccess(access, signal);
  const at = new Date();
  await asTeam(teamId, async (tx) => {
    await tx.credential.updateMany({
      where: { id: access.credentialId, teamId, state: "staged" },
      data: { lastTest: toStoredTest(result, at) },
    });
    const subject = { type: "connector", id };
    const entry = { teamId, doer: asDoer(actor), action: "credential.test", subject };
    await recordAudit(tx, { ...entry, detail: toFound(result) }, at);
  });
  return result;
};
