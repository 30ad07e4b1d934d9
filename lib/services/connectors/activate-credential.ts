import "server-only";

import type { Tx } from "@/lib/db/client";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announcePlans } from "@/lib/services/planning/announce-plans";

import type { TestResult } from "./connector-view";
import { forgetKept } from "./credentials";
import { noConnector } from "./get-connector";
import { assertMayTurnIdentity } from "./machine-identities";
import { findKept } from "./list-credentials";
import { readConnectorAccess } from "./open-connector";
import { lockConnector } from "./standing";
import { toStoredTest, tryAccess } from "./test-connection";

type Connector = { id: string; teamId: string };
/** `successor`: the one that was staged. `previous`: the one that was replaced less than a day ago. */
export type Chosen = "successor" | "previous";

/**
 * Lets a successor take over, or goes back to what it replaced. It is tried out first, and one that fails a check stays where it is:
 * `conflict`. What was active is kept for a day. A push under way ends its batch with the token it has and goes on with the new one.
 */
export const activateCredential = async (
  actor: Actor,
  connector: Connector,
  chosen: Chosen,
  signal?: AbortSignal,
): Promise<TestResult> => {
  const access = await asTeam(connector.teamId, async (tx) =>
    readConnectorAccess(tx, connector.id, await findChosen(tx, connector, chosen)),
  );
  assertMayTurnIdentity(actor, access.credential.kind);
  const result = await tryAccess(access, signal);
  const at = new Date();
  const lastTest = toStoredTest(result, at);
  const { credentialId } = access;
  if (!result.ok) {
    const where = { id: credentialId, teamId: connector.teamId };
    await asTeam(connector.teamId, (tx) => tx.credential.updateMany({ where, data: { lastTest } }));
    throw new AppError("conflict", whyNot(result));
  }
  await asTeam(connector.teamId, async (tx) => {
    await lockConnector(tx, connector);
    if ((await findChosen(tx, connector, chosen)) !== credentialId)
      throw new AppError("conflict", "Somebody changed the connector's credentials meanwhile. Look again.");
    await swap(tx, connector, credentialId, at);
    await noteSwap(tx, connector, { actor, chosen, lastTest, at });
  });
  return result;
};

/** The id of the credential that is to take over. Throws `conflict` when there is none. */
export const findChosen = async (tx: Tx, { id, teamId }: Connector, chosen: Chosen): Promise<string> => {
  const connector = await tx.connector.findFirst({
    where: { id, teamId, deletedAt: null },
    select: { id: true },
  });
  if (!connector) throw noConnector();
  const found =
    chosen === "previous"
      ? await findKept(tx, { id, teamId }, new Date())
      : await tx.credential.findFirst({
          where: { connectorId: id, teamId, state: "staged" },
          select: { id: true },
        });
  if (found) return found.id;
  throw new AppError(
    "conflict",
    chosen === "previous"
      ? "What was replaced is no longer kept. Stage a new credential."
      : "No successor is staged. Stage one first.",
  );
};

const swap = async (tx: Tx, { id, teamId }: Connector, credentialId: string, at: Date): Promise<void> => {
  const where = { connectorId: id, teamId };
  const active = await tx.credential.findFirst({
    where: { ...where, state: "active" },
    select: { id: true },
  });
  // What was kept until now is left behind: one step back is enough.
  await forgetKept(tx, { connectorId: id, teamId }, credentialId);
  if (active)
    await tx.credential.update({
      where: { id: active.id },
      data: { state: "retired", retiredAt: at },
      select: { id: true },
    });
  await tx.credential.update({
    where: { id: credentialId },
    data: { state: "active", retiredAt: null, refusedAt: null, refusal: null },
    select: { id: true },
  });
};

type Swap = { actor: Actor; chosen: Chosen; lastTest: ReturnType<typeof toStoredTest>; at: Date };

const noteSwap = async (
  tx: Tx,
  { id, teamId }: Connector,
  { actor, chosen, lastTest, at }: Swap,
): Promise<void> => {
  const { mode, enabled } = await tx.connector.update({
    where: { id, teamId },
    data: { lastTest, reconcileProblem: null, reconcileTriedAt: null },
    select: { mode: true, enabled: true },
  });
  const action = chosen === "previous" ? "credential.go-back" : "credential.activate";
  const subject = { type: "connector", id };
  await recordAudit(tx, { teamId, doer: asDoer(actor), action, subject }, at);
  // What failed for the one before is news of the team: were only this job announced, it could be lost.
  if (mode === "automatic" && enabled) await announcePlans(tx, teamId);
};

const whyNot = ({ checks }: TestResult): string => {
  const failed = checks.find(({ ok }) => !ok);
  const why =
    failed === undefined ? "" : ` The check “${failed.name}” failed: ${failed.detail} ${failed.fix}`;
  return `It was not activated, and the connector goes on as before.${why}`;
};
