import "server-only";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorPatch } from "@/lib/domain/connector/connector-input";

import { fromStoredCloud } from "./cloud-column";
import type { TestResult } from "./connector-view";
import { noConnector } from "./get-connector";
import { testConnection } from "./test-connection";

/**
 * Tries what a change of a saved connector would sign in with, before it takes the place of what is stored: token, rights, reading, and a
 * write that changes nothing. Nothing is kept.
 */
export const testNewSecret = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  patch: ConnectorPatch,
  signal?: AbortSignal,
): Promise<TestResult> => {
  const connector = await asTeam(teamId, (tx) =>
    tx.connector.findFirst({ where: { id, teamId, deletedAt: null }, select: ADDRESS_SELECT }),
  );
  if (!connector) throw noConnector();
  const { destination, kind, ...stored } = connector;
  const { workspaceId = destination.workspaceId } = patch;
  const { subscriptionId = stored.subscriptionId, resourceGroup = stored.resourceGroup } = patch;
  const described = {
    ...{ ...patch, kind, cloud: fromStoredCloud(destination.cloud) },
    ...{ tenantId: patch.tenantId ?? destination.tenantId, clientId: patch.clientId ?? stored.clientId },
    ...{ workspaceId: workspaceId === "" ? null : workspaceId, subscriptionId, resourceGroup },
    workspaceName: patch.workspaceName === undefined ? stored.workspaceName : patch.workspaceName,
  };
  // A device group that the tenant has not is no reason to keep a secret from being changed.
  const trying = { teamId, connectorId: id };
  return testConnection(actor, trying, { ...described, deviceGroups: [], rules: [] }, signal);
};

const ADDRESS_SELECT = {
  ...{ kind: true, clientId: true, subscriptionId: true, resourceGroup: true, workspaceName: true },
  destination: { select: { cloud: true, tenantId: true, workspaceId: true } },
} as const;
