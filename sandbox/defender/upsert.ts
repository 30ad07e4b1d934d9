import { type World } from "../world";

import { type Caller } from "./access";
import { type Problem } from "./errors";
import { type Indicator } from "./indicator";
import { type CompleteSubmission } from "./rules";

export type Stored = { ok: true; indicator: Indicator } | { ok: false; problem: Problem };

/**
 * Creates the indicator, or updates the record that the service holds to be the same one:
 * same type, value, action and device groups (microsoft-apis 1.6; the action is a switch).
 */
export const upsert = (world: World, caller: Caller, submission: CompleteSubmission): Stored => {
  const { defender, switches } = world.state;
  const { tenantId } = caller.tenant;
  const now = world.now();
  const same = defender
    .findSame(tenantId, submission, now)
    .filter((one) => sameGroups(one.rbacGroupNames, submission.rbacGroupNames ?? []))
    .filter((one) => switches.defenderUpsertKey === "without-action" || one.action === submission.action);
  const own = same.find((one) => one.createdBy === caller.application.clientId);
  const foreign = same.find((one) => one.createdBy !== caller.application.clientId);
  const target =
    own ?? (caller.changesAll || switches.defenderForeignUpsert === "update" ? foreign : undefined);
  if (target !== undefined) {
    const changed = updateOf(target, submission, caller, now);
    const { expirationTime } = switches.defenderExpiry === "stays" ? target : changed;
    const updated = { ...changed, expirationTime };
    defender.put(tenantId, updated, now);
    return { ok: true, indicator: updated };
  }
  if (foreign !== undefined && switches.defenderForeignUpsert === "refuse") {
    return failed(
      "DisallowedOperation",
      `An indicator with the value ${submission.indicatorValue} and the action ${submission.action} exists and was created by another application or user.`,
    );
  }
  const problem = switches.defenderDeviceGroups === "checked" ? judgeGroups(caller, submission) : null;
  if (problem !== null) return problem;
  const limit = world.state.capacities.get(tenantId) ?? world.state.limits.defender.capacity;
  // The places of what was just deleted may still be taken (microsoft-apis 4, no. 2); a switch.
  const total =
    defender.count(tenantId, now) + defender.countDeleted(tenantId, now, switches.defenderCapacityLagMs);
  if (total >= limit) {
    const [current, most] = [String(total), String(limit)];
    return failed(
      "InvalidInput",
      `Max capacity exceeded. Current Total: ${current}, Limit: ${most} (Parameter 'Capacity: ${current}/${most}')`,
    );
  }
  const created = creationOf(defender.nextId(), submission, caller, now);
  defender.put(tenantId, created, now);
  return { ok: true, indicator: created };
};

const failed = (code: string, message: string): Stored => ({
  ok: false,
  problem: { code, message, scope: "item" },
});

/** Groups that the tenant does not have, or that an application confined to some is not exposed to. */
const judgeGroups = (
  { tenant, application: { deviceGroups: exposed } }: Caller,
  { rbacGroupNames }: CompleteSubmission,
): Stored | null => {
  const names = rbacGroupNames ?? [];
  const unknown = names.find((name) => tenant.deviceGroups.every((group) => group.name !== name));
  if (unknown !== undefined) return failed("InvalidInput", `The device group '${unknown}' is invalid.`);
  if (exposed === null || (names.length > 0 && names.every((name) => exposed.includes(name)))) return null;
  return failed("Forbidden", "The caller is not exposed to the device groups of the indicator.");
};

const sameGroups = (left: readonly string[], right: readonly string[]): boolean =>
  [...left].sort().join("\n") === [...right].sort().join("\n");

/** What an update replaces. The label `application`, `version` and `certificateInfo` are fixed at creation. */
const changeable = (submission: CompleteSubmission, caller: Caller) => ({
  action: submission.action,
  severity: submission.severity ?? ("Informational" as const),
  category: submission.category ?? 1,
  educateUrl: submission.educateUrl ?? null,
  bypassDurationHours: submission.bypassDurationHours ?? null,
  title: submission.title,
  description: submission.description,
  recommendedActions: submission.recommendedActions ?? null,
  expirationTime: submission.expirationTime ? withoutZeroFraction(submission.expirationTime) : null,
  rbacGroupNames: submission.rbacGroupNames ?? [],
  rbacGroupIds: submission.rbacGroupIds ?? groupIds(submission.rbacGroupNames ?? [], caller),
  notificationId: submission.notificationId ?? null,
  notificationBody: submission.notificationBody ?? null,
  mitreTechniques: submission.mitreTechniques ?? [],
  historicalDetection: submission.historicalDetection ?? false,
  lookBackPeriod: submission.lookBackPeriod ?? null,
  generateAlert: submission.generateAlert ?? false,
  additionalInfo: submission.additionalInfo ?? null,
  externalId: submission.externalId ?? submission.externalID ?? null,
});

const creationOf = (id: string, submission: CompleteSubmission, caller: Caller, now: Date): Indicator => ({
  id,
  indicatorValue: submission.indicatorValue,
  indicatorType: submission.indicatorType,
  ...changeable(submission, caller),
  createdBy: caller.application.clientId,
  application: submission.application ?? null,
  creationTimeDateTimeUtc: sevenDigits(now, id),
  lastUpdateTime: sevenDigits(now, id),
  lastUpdatedBy: null,
  version: submission.version ?? null,
  createdByDisplayName: caller.application.displayName,
  createdBySource: "PublicApi",
  certificateInfo: submission.certificateInfo ?? null,
});

const updateOf = (old: Indicator, submission: CompleteSubmission, caller: Caller, now: Date): Indicator => ({
  ...old,
  ...changeable(submission, caller),
  lastUpdateTime: sevenDigits(now, old.id),
  lastUpdatedBy: caller.application.clientId,
});

const groupIds = (names: readonly string[], caller: Caller): string[] =>
  caller.tenant.deviceGroups.filter((group) => names.includes(group.name)).map((group) => String(group.id));

/** A time with the seven fractional digits of the service; the last four are made from `seed`. */
export const sevenDigits = (at: Date, seed: string): string =>
  `${at.toISOString().slice(0, -1)}${String((Number(seed) * 7919) % 10_000).padStart(4, "0")}Z`;

const withoutZeroFraction = (time: string): string => new Date(time).toISOString().replace(".000Z", "Z");
