import "server-only";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorPatch } from "@/lib/domain/connector/connector-input";
import { givenProofs } from "@/lib/domain/connector/credential-input";
import { AppError } from "@/lib/domain/errors";

import { fromStoredCloud } from "./cloud-column";
import type { TestResult } from "./connector-view";
import { noConnector } from "./get-connector";
import { testConnection } from "./test-connection";

type Connector = { id: string; teamId: string };

/**
 * Tries what a change of a saved connector would sign in with, before it takes the place of what is stored: token, rights, reading, and a
 * write that changes nothing. Gives what was found, to be kept with the change; null for a change without any of it. Throws `invalid_input`
 * with the check that failed.
 */
export const tryNewSecret = async (
  actor: Actor,
  connector: Connector,
  patch: ConnectorPatch,
  signal?: AbortSignal,
): Promise<TestResult | null> => {
  const [proof] = givenProofs(patch);
  if (proof === undefined) return null;
  const result = await testNewSecret(actor, connector, patch, signal);
  // Those behind the first that failed were not tried.
  const failed = result.checks.find(({ ok }) => !ok);
  if (failed === undefined) return result;
  const { name, detail, fix } = failed;
  const why = `Nothing was saved: with this ${WORDS[proof]} the check “${name}” failed. ${detail} ${fix}`;
  const fields = [{ pointer: `/${proof}`, detail: why }];
  throw new AppError("invalid_input", `${why} ${OR_UNTRIED}`, { fields });
};

const WORDS = {
  ...{ clientSecret: "secret", certificate: "certificate", certificatePfx: "certificate" },
  identity: "identity",
} as const;

const OR_UNTRIED = "Where Microsoft cannot be asked, it can be saved untried.";

const testNewSecret = async (
  actor: Actor,
  { id, teamId }: Connector,
  patch: ConnectorPatch,
  signal: AbortSignal | undefined,
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
