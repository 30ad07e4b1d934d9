import "server-only";

import { randomUUID } from "node:crypto";

import { asSystem } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import type { Cloud, ConnectorKind } from "@/lib/domain/connector/kinds";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announcePlans } from "@/lib/services/planning/announce-plans";

import { toStoredCloud } from "./cloud-column";
import { readTenantName } from "./tenants";

/** Sentinel's identity of every record contains it, and Defender shows it: it can never be renamed. */
const SOURCE_SYSTEM = "Sluice";

export type DestinationAddress = {
  kind: ConnectorKind;
  cloud: Cloud;
  tenantId: string;
  workspaceId?: string | null | undefined;
};

/** The one row of a Defender tenant or a Sentinel workspace, made on first use. It belongs to no team. */
export const findOrMakeDestination = (address: DestinationAddress): Promise<string> => {
  const { kind, tenantId } = address;
  const cloud = toStoredCloud(address.cloud);
  const workspaceId = address.workspaceId ?? "";
  return asSystem("delivery", async (tx) => {
    const tenantName = await readTenantName(tx, tenantId);
    const named = { tenantId, tenantName, workspaceId, sourceSystem: SOURCE_SYSTEM };
    await tx.destination.createMany({
      data: [{ id: randomUUID(), kind, cloud, ...named }],
      skipDuplicates: true,
    });
    const { id } = await tx.destination.findUniqueOrThrow({
      where: { kind_cloud_tenantId_workspaceId: { kind, cloud, tenantId, workspaceId } },
      select: { id: true },
    });
    return id;
  });
};

/** The row of a destination that some connector already leads to, or null. */
export const findDestination = ({
  kind,
  cloud,
  tenantId,
  workspaceId,
}: DestinationAddress): Promise<string | null> =>
  asSystem("delivery", async (tx) => {
    const found = await tx.destination.findUnique({
      where: {
        kind_cloud_tenantId_workspaceId: {
          kind,
          cloud: toStoredCloud(cloud),
          tenantId,
          workspaceId: workspaceId ?? "",
        },
      },
      select: { id: true },
    });
    return found?.id ?? null;
  });

type FoundMd5 = { acceptsMd5: boolean; destinationId: string; connectorId: string; teamId: string };

/** Notes what a trial found. Where it is news, there is something to plan for every team there, whoever had it tried. */
export const noteMd5 = (
  { acceptsMd5, destinationId, connectorId, teamId }: FoundMd5,
  doer: Doer,
  { detail, now }: { detail: string; now: Date },
): Promise<void> =>
  asSystem("delivery", async (tx) => {
    const { count } = await tx.destination.updateMany({
      where: { id: destinationId, OR: [{ acceptsMd5: null }, { acceptsMd5: !acceptsMd5 }] },
      data: { acceptsMd5 },
    });
    const subject = { type: "connector", id: connectorId };
    const found = { acceptsMd5, detail };
    await recordAudit(tx, { teamId, doer, action: "connector.try-md5", subject, detail: found }, now);
    if (count === 0) return;
    const touched = await tx.connector.findMany({
      where: { destinationId, deletedAt: null },
      distinct: "teamId",
      orderBy: { teamId: "asc" },
      select: { teamId: true },
    });
    for (const one of touched) await announcePlans(tx, one.teamId);
  });

/** Throws `invalid_input` for the sandbox where none is set up: its secrets are public. */
export const assertCloudUsable = (cloud: Cloud): void => {
  if (cloud !== "sandbox" || env().SANDBOX_URL !== undefined) return;
  const detail = "No sandbox runs here. Choose a Microsoft cloud.";
  throw new AppError("invalid_input", detail, { fields: [{ pointer: "/cloud", detail }] });
};

/** The label under which a new connection is tried out. */
export const sourceSystem = (): string => SOURCE_SYSTEM;
