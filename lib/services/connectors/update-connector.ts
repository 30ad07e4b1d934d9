import "server-only";

import { isDeepStrictEqual } from "node:util";

import { brokenConstraint } from "@/lib/db/errors";
import { Prisma } from "@/lib/db/generated/client";
import type { Tx } from "@/lib/db/client";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import {
  ALL_ARM_NAMES,
  incompleteArmName,
  type ConnectorPatch,
} from "@/lib/domain/connector/connector-input";
import { DEFENDER_GATE } from "@/lib/domain/connector/gate-input";
import { mergePatch, type MergedPatch } from "@/lib/domain/connector/merge-patch";
import { findRuleProblems } from "@/lib/domain/connector/rule-input";
import { holdBoth, noteChange, type Loosened } from "@/lib/domain/delivery/loosened";
import { AppError } from "@/lib/domain/errors";
import { tlpCode } from "@/lib/domain/indicator/types";
import { recordScope } from "@/lib/domain/selection/policy";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { forgetWishes } from "@/lib/services/budget/budget-entries";
import { readStops } from "@/lib/services/delivery/delivery-stop";
import { wakeWaiting } from "@/lib/services/delivery/wake-waiting";
import { announce } from "@/lib/services/outbox/announce";
import { announcePlans } from "@/lib/services/planning/announce-plans";

import { assertWordingFits } from "./check-wording";
import { fromStoredCloud } from "./cloud-column";
import {
  CONNECTOR_SELECT,
  toConnectorView,
  type ConnectorRow,
  type ConnectorView,
  type TestResult,
} from "./connector-view";
import { forgetKept, forgetStaged, readCredential, storeCredential } from "./credentials";
import { findOrMakeDestination } from "./find-destination";
import { noConnector } from "./get-connector";
import { automaticLimitsOf, describeLimitChange, toLimitColumns, toLoosenedColumn } from "./limit-columns";
import { findLimitsThere } from "./limits-there";
import { assertMayTurnIdentity, assertMayUseIdentity } from "./machine-identities";
import { keepOldGroups } from "./keep-old-groups";
import { markAboveCeiling } from "./mark-above-ceiling";
import { changedMeanwhile } from "./settings-version";
import { assertNothingOpen, assertNothingStands, lockConnector } from "./standing";
import { toStoredTest } from "./test-connection";

/**
 * Changes a connector; only the fields given, of objects too, and where a version is given only while the connector is as it was seen: `conflict`
 * otherwise. A new secret replaces the old one, which is forgotten; `tried` is what a test of it found just before. Tenant, application and
 * workspace are where its records stand, so they change only while none do: `conflict` otherwise. Under other device groups the next
 * plan makes every record anew, so these change while it is known what stands.
 */
export const updateConnector = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  given: ConnectorPatch,
  tried: TestResult | null = null,
): Promise<ConnectorView> => {
  const now = new Date();
  assertMayUseIdentity(actor, given.identity);
  const credential = readCredential(given, now);
  const address = await resolveAddress({ id, teamId }, given);
  try {
    return await asTeam(teamId, async (tx) => {
      await lockConnector(tx, { id, teamId });
      const stop = (await readStops(tx, [id])).get(id) ?? null;
      const before = toConnectorView(
        await tx.connector.findUniqueOrThrow({ where: { id }, select: CONNECTOR_SELECT }),
        stop,
      );
      const { version, ...named } = given;
      if (version !== undefined && version !== before.version)
        throw await changedMeanwhile(tx, { id, teamId });
      if (leadsElsewhere(given)) await assertMayLead(tx, actor, { id, teamId });
      if (address) await assertNothingStands(tx, { id, teamId }, WHY_ADDRESS_STAYS);
      const deviceGroups = await changeGroups(tx, { id, teamId }, given);
      const asked = mergePatch(before, named);
      const automaticLimits = automaticLimitsOf(asked, before);
      const patch = automaticLimits === undefined ? asked : { ...asked, automaticLimits };
      checkRules(before, patch);
      const approval = patch.approval === undefined ? before.approval : patch.approval;
      const own = readLoosened(actor, before, { patch, now });
      const isLed = address !== null && address.destinationId !== before.destinationId;
      const there = isLed
        ? await findLimitsThere(tx, actor, { ...address, id, teamId, approval, now })
        : null;
      const loosened = holdBoth(there, own);
      const data = {
        ...pickPlain(patch),
        approvalLoosened: toLoosenedColumn(loosened),
        ...address,
        ...(deviceGroups && { deviceGroups }),
        // What went wrong with another sign-in or elsewhere says nothing any more: it is compared anew.
        ...((credential !== null || address !== null) && {
          ...{ reconcileProblem: null, reconcileTriedAt: null, statistics: Prisma.DbNull },
          lastTest: tried === null ? Prisma.DbNull : toStoredTest(tried, now),
        }),
        ...(address !== null && { lookedAt: null, reconciledAt: null, reconcileFound: Prisma.DbNull }),
      };
      if (address) {
        await forgetWishes(tx, { id, teamId });
        // Another tenant has other devices.
        await tx.prevalence.deleteMany({ where: { connectorId: id, teamId } });
      }
      await tx.connector.update({ where: { id, teamId }, data, select: { id: true } });
      const maxTlp = patch.selection?.maxTlp ?? before.selection.maxTlp;
      if (tlpCode(maxTlp) < tlpCode(before.selection.maxTlp))
        await markAboveCeiling(tx, { id, teamId }, maxTlp);
      if (credential)
        await storeCredential(tx, credential, { connectorId: id, teamId, userId: actor.userId, now });
      // They were of another application, or of another tenant.
      else if (address) await forgetOthers(tx, { connectorId: id, teamId, now });
      const after = toConnectorView(
        await tx.connector.findUniqueOrThrow({ where: { id }, select: CONNECTOR_SELECT }),
        stop,
      );
      const changed = findChanged(patch, before, after);
      const confirmed = patch.confirmLimits === true ? before.approvalLoosened?.byName : undefined;
      const detail = {
        ...{ name: after.name, changed },
        ...describeLimitChange(before, after),
        ...(confirmed !== undefined && { confirmed }),
      };
      const subject = { type: "connector", id };
      await recordAudit(
        tx,
        { teamId, doer: asDoer(actor), action: "connector.update", subject, detail },
        now,
      );
      if (changed.length > 0) await wakeWaiting(tx, id);
      // A changed policy tells by itself that no plan covers it; how drift is met does not, nor does another secret.
      const isAutomatic = after.mode === "automatic";
      if (changed.includes("driftMode") || (isAutomatic && after.enabled && credential))
        await announcePlans(tx, teamId);
      // Where a person applies, a plan that a push outdated while it was paused is made anew now.
      else if (after.enabled && (isAutomatic || !before.enabled))
        await announce(tx, connectorPlan, { connectorId: id });
      return after;
    });
  } catch (cause) {
    if (brokenConstraint(cause) === null) throw cause;
    throw new AppError("conflict", `The team already has a connector named “${given.name ?? ""}”.`, {
      cause,
    });
  }
};

/** Who raised the limits of a second person, once the patch is carried out; whoever did is not who confirms that. */
const readLoosened = (
  actor: Actor,
  { approval, approvalLoosened: known }: ConnectorView,
  { patch, now }: { patch: MergedPatch; now: Date },
): Loosened | null => {
  if (known !== null && patch.confirmLimits === true && known.by === actor.userId)
    throw new AppError("forbidden", "You raised these limits: somebody else has to confirm them.");
  const left = patch.confirmLimits === true ? null : known;
  if (patch.approval === undefined) return left;
  return noteChange(left, { before: approval, after: patch.approval, by: actor, now });
};

/** Which application it is, and what it reads and writes there. */
const leadsElsewhere = (patch: ConnectorPatch): boolean =>
  (["clientId", "tenantId", "workspaceId", "subscriptionId", "resourceGroup", "workspaceName"] as const).some(
    (field) => patch[field] !== undefined,
  );

const assertMayLead = async (
  tx: Tx,
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
): Promise<void> => {
  const active = await tx.credential.findFirst({
    where: { connectorId: id, teamId, state: "active" },
    select: { kind: true },
  });
  assertMayTurnIdentity(actor, active?.kind);
};

const forgetOthers = async (
  tx: Tx,
  connector: { connectorId: string; teamId: string; now: Date },
): Promise<void> => {
  await forgetStaged(tx, connector);
  await forgetKept(tx, connector);
};

/** The fields of a patch that are not as they were; a secret that was given always counts. */
const findChanged = (
  patch: MergedPatch,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] =>
  Object.keys(patch).filter((field) => !(field in after) || !isDeepStrictEqual(before[field], after[field]));

const refuse = (field: string, detail: string): AppError =>
  new AppError("invalid_input", detail, { fields: [{ pointer: `/${field}`, detail }] });

const checkRules = (before: ConnectorView, patch: MergedPatch): void => {
  const { rules: newRules, action: newAction, selection: newSelection } = patch;
  if (newRules === undefined && newAction === undefined && newSelection === undefined) return;
  const { kind, action, rules, selection } = {
    ...before,
    ...withoutUndefined({ action: newAction, rules: newRules, selection: newSelection }),
  };
  const problems = findRuleProblems({ kind, action, rules, selection });
  if (problems.length === 0) return;
  throw new AppError("invalid_input", problems.map(({ message }) => message).join(" "), {
    fields: problems.map(({ path, message }) => ({ pointer: `/${path.join("/")}`, detail: message })),
  });
};

const checkKind = (before: ConnectorRow, patch: ConnectorPatch): void => {
  if (before.kind === "defender") {
    if (patch.workspaceId !== undefined) throw refuse("workspaceId", "Defender has no workspace.");
    for (const field of ["subscriptionId", "resourceGroup", "workspaceName"] as const)
      if (patch[field]) throw refuse(field, "Azure names are for Sentinel only.");
    return;
  }
  if (patch.deviceGroups && patch.deviceGroups.length > 0)
    throw refuse("deviceGroups", "Device groups exist in Defender only.");
  if (patch.gate) throw refuse("gate", DEFENDER_GATE);
  const { subscriptionId, resourceGroup, workspaceName } = { ...before, ...withoutUndefined(patch) };
  const missing = incompleteArmName({ subscriptionId, resourceGroup, workspaceName });
  if (missing) throw refuse(missing, ALL_ARM_NAMES);
};

/** The fields that can change at any time. */
const pickPlain = (patch: MergedPatch): Prisma.ConnectorUncheckedUpdateInput => {
  const { name, subscriptionId, resourceGroup, workspaceName } = patch;
  const { action, severity, expiryDays, expiryByType, rules, selection, mode, enabled } = patch;
  const { reconcileMinutes, driftMode, titleTemplate, descriptionTemplate } = patch;
  return withoutUndefined({
    ...toLimitColumns(patch),
    ...{ name, subscriptionId, resourceGroup, workspaceName },
    ...{ action, severity, expiryDays, expiryByType, rules, selection, mode, enabled },
    ...{ reconcileMinutes, driftMode, titleTemplate, descriptionTemplate },
  });
};

const WHY_ADDRESS_STAYS = "its tenant, application and workspace cannot change";

/** The connector's device groups, where they are to be others; null otherwise. */
const changeGroups = async (
  tx: Tx,
  { id, teamId }: { id: string; teamId: string },
  { deviceGroups }: ConnectorPatch,
): Promise<string[] | null> => {
  if (deviceGroups === undefined) return null;
  const { deviceGroups: from } = await tx.connector.findUniqueOrThrow({
    where: { id, teamId },
    select: { deviceGroups: true },
  });
  const to = [...new Set(deviceGroups)];
  if (recordScope(from) === recordScope(to)) return null;
  await assertNothingOpen(tx, { id, teamId }, GROUPS_WAIT);
  await keepOldGroups(tx, { id, teamId }, { from, to });
  return to;
};

const GROUPS_WAIT = {
  what: "its device groups cannot change yet",
  fix: "Resume that push, or make a new plan and apply it, then try again.",
};

/** The fields under which records stand, where they are to change; null otherwise. Checks the patch against the kind. */
const resolveAddress = async (
  { id, teamId }: { id: string; teamId: string },
  patch: ConnectorPatch,
): Promise<{ destinationId: string; clientId: string } | null> => {
  const before = await asTeam(teamId, (tx) =>
    tx.connector.findFirst({ where: { id, teamId, deletedAt: null }, select: CONNECTOR_SELECT }),
  );
  if (!before) throw noConnector();
  checkKind(before, patch);
  assertWordingFits(before.kind, patch);
  const { tenantId, workspaceId } = before.destination;
  const current = { tenantId, workspaceId, clientId: before.clientId };
  const { tenantId: t, workspaceId: w, clientId: c } = patch;
  const given = withoutUndefined({ tenantId: t, workspaceId: w, clientId: c });
  const wanted = { ...current, ...given };
  if (JSON.stringify(wanted) === JSON.stringify(current)) return null;
  const { kind, destination } = before;
  const cloud = fromStoredCloud(destination.cloud);
  const destinationId = await findOrMakeDestination({ ...wanted, kind, cloud });
  return { destinationId, clientId: wanted.clientId };
};

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
