import "server-only";

import type { Destination, Pace } from "@/lib/connectors/contract";
import type { ApplicationCredential } from "@/lib/connectors/entra/credential";
import { openDestination, type DestinationSettings } from "@/lib/connectors/registry";
import type { Tx } from "@/lib/db/client";
import type { Cloud, ConnectorKind } from "@/lib/domain/connector/kinds";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";

import { fromStoredCloud } from "./cloud-column";
import { openCredential } from "./credentials";

/** One application's way to one destination, its secret open. Lives in memory only and is never logged. */
export type ConnectorAccess = {
  connectorId: string;
  teamId: string;
  destinationId: string;
  kind: ConnectorKind;
  cloud: Cloud;
  tenantId: string;
  clientId: string;
  workspaceId: string;
  azure: { subscriptionId: string; resourceGroup: string; workspaceName: string } | null;
  deviceGroups: readonly string[];
  sourceSystem: string;
  credential: ApplicationCredential;
};

/** How a destination is opened; tests put a listener in between. */
export type OpenDestination = (settings: DestinationSettings) => Destination;

/** Reads a connector with its active credential. Throws `upstream_rejected` when it has none left or that does not open. */
export const readConnectorAccess = async (tx: Tx, connectorId: string): Promise<ConnectorAccess> => {
  const connector = await tx.connector.findUnique({
    where: { id: connectorId },
    select: {
      id: true,
      teamId: true,
      destinationId: true,
      name: true,
      kind: true,
      clientId: true,
      subscriptionId: true,
      resourceGroup: true,
      workspaceName: true,
      deviceGroups: true,
      destination: { select: { cloud: true, tenantId: true, workspaceId: true, sourceSystem: true } },
    },
  });
  if (!connector) throw new AppError("not_found", "There is no such connector.");
  const stored = await tx.credential.findFirst({
    where: { connectorId, state: "active" },
    select: { id: true, sealed: true },
  });
  if (!stored)
    throw new AppError(
      "upstream_rejected",
      `The connector “${connector.name}” has no credential. Enter one.`,
    );
  const { destination, subscriptionId, resourceGroup, workspaceName } = connector;
  return {
    connectorId: connector.id,
    teamId: connector.teamId,
    destinationId: connector.destinationId,
    kind: connector.kind,
    clientId: connector.clientId,
    deviceGroups: connector.deviceGroups,
    cloud: fromStoredCloud(destination.cloud),
    tenantId: destination.tenantId,
    workspaceId: destination.workspaceId,
    sourceSystem: destination.sourceSystem,
    azure:
      subscriptionId && resourceGroup && workspaceName
        ? { subscriptionId, resourceGroup, workspaceName }
        : null,
    credential: openCredential(stored),
  };
};

/** Opens the way; nothing is sent yet. Requests wait for `pace`, and what changes something asks `assertMayLeave` last. */
export const openConnector = (
  access: ConnectorAccess,
  pace: Pace,
  open: OpenDestination = openDestination,
  assertMayLeave?: () => Promise<void>,
): Destination => {
  const { kind, cloud, tenantId, clientId, credential, workspaceId, azure, sourceSystem } = access;
  return open({
    ...{ kind, cloud, tenantId, clientId, credential, azure, sourceSystem, pace, assertMayLeave },
    workspaceId: workspaceId === "" ? null : workspaceId,
    sandboxOrigin: env().SANDBOX_URL ?? null,
  });
};
