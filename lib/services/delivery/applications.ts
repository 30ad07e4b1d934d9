import "server-only";

import type { Destination } from "@/lib/connectors/contract";
import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import {
  openConnector,
  readConnectorAccess,
  type ConnectorAccess,
  type Departing,
  type OpenDestination,
} from "@/lib/services/connectors/open-connector";

import { gather } from "./gather";
import { createPacer, createSlots, type PaceKey, type Pacer, type Slots } from "./pace";

/** One application with its way to the destination. */
export type Application = { access: ConnectorAccess; destination: Destination; pacer: Pacer };
export type Applications = (connectorId: string) => Promise<Application>;

/** A connector's access, the same as before while its credential is still the active one. */
type ReadAccess = (connectorId: string) => Promise<ConnectorAccess>;

/** What all requests of a delivery have in common, however many leave side by side. */
export type Shared = { access: ReadAccess; slots: (key: PaceKey) => Slots };

/** Makes what the requests of one delivery have in common. */
export const createShared = (): Shared => {
  const known = new Map<string, ConnectorAccess>();
  const slots = new Map<string, Slots>();
  return {
    access: gather<string, ConnectorAccess>((ids) =>
      asSystem("delivery", (tx) => readAccess(tx, ids, known)),
    ),
    slots: (key) => {
      const name = [key.destinationId, key.tenantId, key.clientId].join(" ");
      const made = slots.get(name) ?? createSlots(key);
      slots.set(name, made);
      return made;
    },
  };
};

const readAccess = async (
  tx: Tx,
  connectorIds: readonly string[],
  known: Map<string, ConnectorAccess>,
): Promise<(ConnectorAccess | AppError)[]> => {
  const ids = [...new Set(connectorIds)];
  const credentialIds = ids.flatMap((id) => known.get(id)?.credentialId ?? []);
  const active = await tx.credential.findMany({
    where: { id: { in: credentialIds }, state: "active" },
    select: { connectorId: true },
  });
  const isActive = new Set(active.map(({ connectorId }) => connectorId));
  // One whose credential is gone is the trouble of what goes by it, and of nothing else.
  const gone = new Map<string, AppError>();
  for (const id of ids.filter((one) => !isActive.has(one))) {
    known.delete(id);
    try {
      known.set(id, await readConnectorAccess(tx, id));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      gone.set(id, error);
    }
  }
  return connectorIds.flatMap((id) => gone.get(id) ?? known.get(id) ?? []);
};

/**
 * Opens the applications that a delivery writes with, each once: its own, and those of other connectors whose records it
 * touches. One whose credential was replaced meanwhile is opened anew: what is under way ends with the old one, and the next batch
 * takes the new. Throws an AppError for one whose credential is gone.
 */
export const createApplications = (
  onWait: (waitMs: number) => void,
  open?: OpenDestination,
  {
    longestWaitMs,
    isUrgent = false,
    shared = createShared(),
    ...departing
  }: Departing & { longestWaitMs?: number; isUrgent?: boolean; shared?: Shared } = {},
): Applications => {
  const opened = new Map<string, Application>();
  return async (connectorId) => {
    const access = await shared.access(connectorId);
    const known = opened.get(connectorId);
    if (known?.access === access) return known;
    const { destinationId, tenantId, clientId } = access;
    const key = { destinationId, tenantId, clientId };
    const limit = longestWaitMs === undefined ? {} : { longestWaitMs };
    const pacer = createPacer({ ...key, ...limit, isUrgent, onWait, slots: shared.slots(key) });
    const destination = openConnector(access, pacer.pace, open, departing);
    const application = { access, pacer, destination };
    opened.set(connectorId, application);
    return application;
  };
};
