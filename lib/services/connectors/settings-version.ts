import "server-only";

import { createHash } from "node:crypto";

import type { Tx } from "@/lib/db/client";
import { readPerson } from "@/lib/domain/access/person";
import { AppError } from "@/lib/domain/errors";
import { utcMinute } from "@/lib/domain/utc";

/** What a person sets of a connector in one form. Secrets and pausing are set elsewhere. */
const SETTINGS = [
  ...(["name", "clientId", "tenantId", "workspaceId", "subscriptionId", "resourceGroup"] as const),
  ...(["workspaceName", "deviceGroups", "action", "severity", "expiryDays", "expiryByType"] as const),
  ...(["rules", "selection", "titleTemplate", "descriptionTemplate", "mode", "approval"] as const),
  ...(["approvalLoosened", "automaticLimits", "gate", "reconcileMinutes", "driftMode"] as const),
] as const;

/** Tells whether a connector is still set as somebody saw it. */
export const settingsVersion = (view: Readonly<Record<(typeof SETTINGS)[number], unknown>>): string =>
  createHash("sha256")
    .update(JSON.stringify(SETTINGS.map((name) => view[name])))
    .digest("hex");

/** The refusal of a change by somebody who saw other settings; names who changed them since. */
export const changedMeanwhile = async (
  tx: Tx,
  { id, teamId }: { id: string; teamId: string },
): Promise<AppError> => {
  const last = await tx.auditEntry.findFirst({
    where: { teamId, subjectId: id, action: "connector.update" },
    orderBy: { id: "desc" },
    select: { actorName: true, at: true },
  });
  const who = last
    ? `${readPerson(last.actorName).name} changed this connector at ${utcMinute(last.at)}`
    : "This connector was changed";
  return new AppError(
    "conflict",
    `${who}, after you opened it. Nothing of your change was saved: open it again and make the change there.`,
  );
};
