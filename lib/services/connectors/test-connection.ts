import "server-only";

import { openDestination } from "@/lib/connectors/registry";
import { asActor, asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorCreate } from "@/lib/domain/connector/connector-input";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { createPacer, type Pacer } from "@/lib/services/delivery/pace";

import { readOverrides } from "./cloud-overrides";
import type { TestResult } from "./connector-view";
import { readCredential } from "./credentials";
import { assertCloudUsable, findDestination, sourceSystem } from "./find-destination";
import { assertMayUseIdentity } from "./machine-identities";
import { openConnector, readOwnAccess, type ConnectorAccess } from "./open-connector";

/**
 * Tries out a saved connector: token, rights, reading, and a write that changes nothing. What is wrong is a check that
 * says what to do, never an error. The result is kept with the connector.
 */
export const testConnector = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  signal?: AbortSignal,
): Promise<TestResult> => {
  const result = await tryAccess(await readOwnAccess({ id, teamId }), signal);
  const at = new Date();
  await asTeam(teamId, async (tx) => {
    await tx.connector.update({
      where: { id, teamId },
      data: { lastTest: toStoredTest(result, at) },
      select: { id: true },
    });
    const failed = result.checks.filter(({ ok }) => !ok).map(({ name }) => name);
    const detail = { ok: result.ok, failed };
    const subject = { type: "connector", id };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "connector.test", subject, detail }, at);
  });
  return result;
};

/** Tries out one way to sign in at a destination, whichever credential it holds. */
export const tryAccess = (access: ConnectorAccess, signal?: AbortSignal): Promise<TestResult> => {
  const pacer = createPacer(access);
  return runTest(pacer, () => openConnector(access, pacer.pace).test(signal));
};

/** A result as it is kept in a column. */
export const toStoredTest = ({ ok, checks }: TestResult, at: Date) => ({
  ok,
  checks: checks.map((check) => ({ ...check })),
  at: at.toISOString(),
});

/** As `testConnector`, for what is in a form and not saved yet. */
export const testConnection = async (
  actor: Actor,
  input: ConnectorCreate,
  signal?: AbortSignal,
): Promise<TestResult> => {
  assertCloudUsable(input.cloud);
  assertMayUseIdentity(actor, input.identity);
  const credential = readCredential(input, new Date())?.credential;
  if (!credential) throw new AppError("invalid_input", "Give a client secret or a certificate.");
  const { kind, cloud, tenantId, clientId, workspaceId = null } = input;
  const { subscriptionId, resourceGroup, workspaceName } = input;
  // A test keeps to the limits that others already count against, and leaves no destination behind.
  const destinationId = (await findDestination(input)) ?? UNSAVED;
  const pacer = createPacer({ destinationId, tenantId, clientId });
  const overrides = await asActor(actor, readOverrides);
  return runTest(pacer, () =>
    openDestination({
      ...{ kind, cloud, overrides, tenantId, clientId, workspaceId, credential },
      azure:
        subscriptionId && resourceGroup && workspaceName
          ? { subscriptionId, resourceGroup, workspaceName }
          : null,
      sourceSystem: sourceSystem(),
      sandboxOrigin: env().SANDBOX_URL ?? null,
      pace: pacer.pace,
    }).test(signal),
  );
};

const UNSAVED = "00000000-0000-0000-0000-000000000000";

// A destination that cannot even be opened (an address Microsoft never published) is a failed check like any other.
const runTest = async (pacer: Pacer, test: () => Promise<TestResult["checks"]>): Promise<TestResult> => {
  try {
    const checks = await test();
    return { ok: checks.every(({ ok }) => ok), checks };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fix = "Correct what the message names and test again.";
    return { ok: false, checks: [{ name: "Settings", ok: false, detail: error.message, fix }] };
  } finally {
    await pacer.settle();
  }
};
