import "server-only";

import { openDestination } from "@/lib/connectors/registry";
import type { Tx } from "@/lib/db/client";
import { asActor, asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorCreate } from "@/lib/domain/connector/connector-input";
import type { GivenCredential } from "@/lib/domain/connector/credential-input";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { namedGroups } from "@/lib/domain/connector/where-it-holds";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import { connectorReconcile } from "@/lib/jobs/connector-reconcile.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { parseCapacity } from "@/lib/services/delivery/note-capacity";
import { createPacer, type Pacer } from "@/lib/services/delivery/pace";
import { announce } from "@/lib/services/outbox/announce";

import { readOverrides } from "./cloud-overrides";
import type { TestResult } from "./connector-view";
import { readCredential } from "./credentials";
import { assertCloudUsable, findDestination, sourceSystem } from "./find-destination";
import { assertMayUseIdentity } from "./machine-identities";
import { openConnector, readOwnAccess, type ConnectorAccess } from "./open-connector";

/**
 * Tries out a saved connector: token, rights, reading, a write that changes nothing, and the device groups that it names. What is wrong is a check that
 * says what to do, never an error. The result is kept with the connector.
 */
export const testConnector = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  signal?: AbortSignal,
): Promise<TestResult> => {
  const access = await readOwnAccess({ id, teamId });
  const result = await tryAccess(access, signal, await readNamedGroups({ id, teamId }));
  const at = new Date();
  const mayRead = result.checks.some(({ name, ok }) => name === "Read" && ok);
  const seesOthers = mayRead ? await readSight(access, signal) : null;
  await asTeam(teamId, async (tx) => {
    if (seesOthers !== null) await lookAnew(tx, access, seesOthers);
    await tx.connector.update({
      where: { id, teamId },
      data: { lastTest: toStoredTest(result, at) },
      select: { id: true },
    });
    const subject = { type: "connector", id };
    const entry = { teamId, doer: asDoer(actor), action: "connector.test", subject };
    await recordAudit(tx, { ...entry, detail: toFound(result) }, at);
  });
  return result;
};

const readNamedGroups = ({ id, teamId }: { id: string; teamId: string }): Promise<string[]> =>
  asTeam(teamId, async (tx) => {
    const where = { id, teamId };
    const select = { deviceGroups: true, rules: true } as const;
    const { deviceGroups, rules } = await tx.connector.findUniqueOrThrow({ where, select });
    return namedGroups({ deviceGroups, rules: rulesSchema.parse(rules) });
  });

/** Whether the application is shown all of a Defender tenant, by the token that the test just used; null elsewhere, or where that does not tell. */
const readSight = async (access: ConnectorAccess, signal?: AbortSignal): Promise<boolean | null> => {
  if (access.kind !== "defender") return null;
  const pacer = createPacer(access);
  const seesOthers = await openConnector(access, pacer.pace).seesOthers(signal);
  await pacer.settle();
  return seesOthers;
};

/** What it sees is read at once where nobody read it yet, or where its rights are others by now. */
const lookAnew = async (
  tx: Tx,
  { connectorId, teamId, clientId, destinationId }: ConnectorAccess,
  seesOthers: boolean,
): Promise<void> => {
  const { lookedAt, enabled, destination } = await tx.connector.findUniqueOrThrow({
    where: { id: connectorId, teamId, destinationId },
    select: { lookedAt: true, enabled: true, destination: { select: { capacity: true } } },
  });
  const isReader = parseCapacity(destination.capacity).readers.includes(clientId);
  if (lookedAt !== null && isReader === seesOthers) return;
  await tx.connector.update({
    where: { id: connectorId, teamId },
    data: { lookedAt: null },
    select: { id: true },
  });
  if (enabled) await announce(tx, connectorReconcile, { connectorId });
};

/** Tries out one way to sign in at a destination, whichever credential it holds; and whether these device groups are there. */
export const tryAccess = (
  access: ConnectorAccess,
  signal?: AbortSignal,
  deviceGroups: readonly string[] = [],
): Promise<TestResult> => {
  const pacer = createPacer(access);
  return runTest(pacer, () => openConnector(access, pacer.pace).test(signal, deviceGroups));
};

/** A result as the audit has it: those behind the first check that failed were not tried. */
export const toFound = ({ ok, checks }: TestResult): { ok: boolean; failed: string[] } => ({
  ok,
  failed: checks
    .filter((check) => !check.ok)
    .slice(0, 1)
    .map(({ name }) => name),
});

/** A result as it is kept in a column. */
export const toStoredTest = ({ ok, checks }: TestResult, at: Date) => ({
  ok,
  checks: checks.map((check) => ({ ...check })),
  at: at.toISOString(),
});

/** Where something would sign in, as what, and how. */
type Described = Pick<ConnectorCreate, "kind" | "cloud" | "tenantId" | "clientId"> &
  GivenCredential &
  Partial<Pick<ConnectorCreate, "deviceGroups" | "rules">> &
  Partial<
    Record<"workspaceId" | "subscriptionId" | "resourceGroup" | "workspaceName", string | null | undefined>
  >;

/** For whom something that is not saved yet is tried: a team, and its connector where it changes one. */
type Trying = { teamId: string; connectorId: string | null };

/**
 * As `testConnector`, for what is in a form and not saved yet. The result is kept in the audit alone: a sign-in leaves for it, and a write
 * that changes nothing. So it has an entry, too, where the caller hangs up before the end.
 */
export const testConnection = async (
  actor: Actor,
  trying: Trying,
  input: Described,
  signal?: AbortSignal,
): Promise<TestResult> => {
  const { kind, tenantId, clientId } = input;
  const note = (found: Found) => noteTrial(actor, trying, { ...found, kind, tenantId, clientId });
  try {
    const result = await tryDescribed(actor, input, signal);
    await note(toFound(result));
    return result;
  } catch (error) {
    if (signal?.aborted && !(error instanceof AppError))
      await note({ ok: false, failed: [], cutShort: true });
    throw error;
  }
};

type Found = ReturnType<typeof toFound> & { cutShort?: true };

const noteTrial = (
  actor: Actor,
  { teamId, connectorId }: Trying,
  detail: Found & Pick<Described, "kind" | "tenantId" | "clientId">,
): Promise<void> =>
  asTeam(teamId, (tx) =>
    recordAudit(tx, {
      ...{ teamId, doer: asDoer(actor), action: "connector.try" },
      subject: connectorId === null ? { type: "team", id: teamId } : { type: "connector", id: connectorId },
      detail,
    }),
  );

const tryDescribed = async (actor: Actor, input: Described, signal?: AbortSignal): Promise<TestResult> => {
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
    }).test(signal, namedGroups({ deviceGroups: input.deviceGroups ?? [], rules: input.rules ?? [] })),
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
