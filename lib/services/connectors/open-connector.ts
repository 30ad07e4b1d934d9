import "server-only";

import type { Destination, Pace } from "@/lib/connectors/contract";
import type { ApplicationCredential } from "@/lib/connectors/entra/credential";
import {
  openDestination,
  type ApplicationSettings,
  type DestinationSettings,
} from "@/lib/connectors/registry";
import type { Tx } from "@/lib/db/client";
import { asTeam } from "@/lib/db/scope";
import type { CloudOverrides } from "@/lib/domain/connector/cloud-addresses";
import type { Cloud, ConnectorKind } from "@/lib/domain/connector/kinds";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";

import { fromStoredCloud } from "./cloud-column";
import { readOverrides } from "./cloud-overrides";
import { openCredential } from "./credentials";
import { noConnector } from "./get-connector";
import { watchCredential } from "./watch-credential";

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
  /** Whether its Defender tenant takes MD5; null: nobody tried. */
  acceptsMd5: boolean | null;
  credential: ApplicationCredential;
  credentialId: string;
  /** Microsoft did not take it when it was last used. */
  isRefused: boolean;
  overrides: CloudOverrides;
};

/** How a destination is opened; tests put a listener in between. */
export type OpenDestination = (settings: DestinationSettings) => Destination;

/**
 * Reads a connector with its active credential, or with another of its own. Throws `upstream_rejected` when it has none left or
 * that does not open.
 */
export const readConnectorAccess = async (
  tx: Tx,
  connectorId: string,
  credentialId?: string,
): Promise<ConnectorAccess> => {
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
      destination: {
        select: { cloud: true, tenantId: true, workspaceId: true, sourceSystem: true, acceptsMd5: true },
      },
    },
  });
  if (!connector) throw new AppError("not_found", "There is no such connector.");
  const stored = await tx.credential.findFirst({
    where: { connectorId, ...(credentialId === undefined ? { state: "active" } : { id: credentialId }) },
    select: { id: true, sealed: true, refusedAt: true },
  });
  if (!stored)
    throw new AppError(
      "upstream_rejected",
      `The connector “${connector.name}” has no credential. Enter one.`,
      { context: { isSignIn: true } },
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
    acceptsMd5: destination.acceptsMd5,
    azure:
      subscriptionId && resourceGroup && workspaceName
        ? { subscriptionId, resourceGroup, workspaceName }
        : null,
    credential: openOwn(stored),
    credentialId: stored.id,
    isRefused: stored.refusedAt !== null,
    overrides: await readOverrides(tx),
  };
};

/** One that does not open signs nobody in: as with a dead secret, that is the trouble of what goes by it and of nothing else. */
const openOwn = (stored: Parameters<typeof openCredential>[0]): ApplicationCredential => {
  try {
    return openCredential(stored);
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw new AppError("upstream_rejected", cause.message, { cause, context: { isSignIn: true } });
  }
};

/** The same for a connector of the team; `not_found` where there is none. */
export const readOwnAccess = ({ id, teamId }: { id: string; teamId: string }): Promise<ConnectorAccess> =>
  asTeam(teamId, async (tx) => {
    const connector = await tx.connector.findFirst({
      where: { id, teamId, deletedAt: null },
      select: { id: true },
    });
    if (!connector) throw noConnector();
    return readConnectorAccess(tx, id);
  });

/** What is asked before a request that changes something leaves, and told when it was refused; in a dry run none ever leaves. */
export type Departing = Pick<DestinationSettings, "assertMayLeave" | "noteRefused" | "isDryRun">;

/**
 * Opens the way; nothing is sent yet. Requests wait for `pace`, and what changes something asks `assertMayLeave` last. Opened to look
 * only (`isDryRun`), whatever would change something throws before it leaves.
 */
export const openConnector = (
  access: ConnectorAccess,
  pace: Pace,
  open: OpenDestination = openDestination,
  departing: Departing = {},
): Destination => {
  const { kind, workspaceId, azure, sourceSystem, acceptsMd5 } = access;
  return open({
    ...applicationOf(access),
    ...{ kind, azure, sourceSystem, acceptsMd5, pace, ...departing },
    workspaceId: workspaceId === "" ? null : workspaceId,
    watch: watchCredential(access),
  });
};

type SignedIn = Pick<ConnectorAccess, "cloud" | "tenantId" | "clientId" | "credential" | "overrides">;

/** Who signs in where, for what is asked beside the destination. */
export const applicationOf = (access: SignedIn): ApplicationSettings => {
  const { cloud, tenantId, clientId, credential, overrides } = access;
  return {
    ...{ cloud, tenantId, clientId, credential, overrides },
    sandboxOrigin: env().SANDBOX_URL ?? null,
  };
};
