import "server-only";

import type { Destination } from "@/lib/connectors/contract";
import { asSystem } from "@/lib/db/scope";
import {
  openConnector,
  readConnectorAccess,
  type ConnectorAccess,
  type OpenDestination,
} from "@/lib/services/connectors/open-connector";

import { createPacer, type Pacer } from "./pace";

/** One application with its way to the destination. */
export type Application = { access: ConnectorAccess; destination: Destination; pacer: Pacer };
export type Applications = (connectorId: string) => Promise<Application>;

type Opening = {
  longestWaitMs?: number;
  isUrgent?: boolean;
  /** Nothing that is opened so can change anything. */
  isDryRun?: boolean;
  assertMayLeave?: () => Promise<void>;
};

/**
 * Opens the applications that a delivery writes with, each once: its own, and those of other connectors whose records it
 * touches. One whose credential was replaced meanwhile is opened anew: what is under way ends with the old one, and the next batch
 * takes the new. Throws an AppError for one whose credential is gone.
 */
export const createApplications = (
  onWait: (waitMs: number) => void,
  open?: OpenDestination,
  { longestWaitMs, isUrgent = false, isDryRun = false, assertMayLeave }: Opening = {},
): Applications => {
  const opened = new Map<string, Application>();
  return async (connectorId) => {
    const known = opened.get(connectorId);
    if (known && (await isStillActive(known.access))) return known;
    const access = await asSystem("delivery", (tx) => readConnectorAccess(tx, connectorId));
    const { destinationId, tenantId, clientId } = access;
    const limit = longestWaitMs === undefined ? {} : { longestWaitMs };
    const pacer = createPacer({ destinationId, tenantId, clientId, isUrgent, onWait, ...limit });
    const destination = openConnector(access, pacer.pace, open, {
      isDryRun,
      ...(assertMayLeave && { assertMayLeave }),
    });
    const application = { access, pacer, destination };
    opened.set(connectorId, application);
    return application;
  };
};

/** Opens applications to look only: a write of whoever was given one throws before it leaves. */
export const createReaders = (
  open?: OpenDestination,
  opening?: Pick<Opening, "longestWaitMs">,
): Applications => createApplications(() => undefined, open, { ...opening, isDryRun: true });

const isStillActive = ({ credentialId }: ConnectorAccess): Promise<boolean> =>
  asSystem("delivery", async (tx) => {
    const found = await tx.credential.findFirst({
      where: { id: credentialId, state: "active" },
      select: { id: true },
    });
    return found !== null;
  });
