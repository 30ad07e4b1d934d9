import "server-only";

import { APIS, type Api } from "@/lib/connectors/apis";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { readStops } from "@/lib/services/delivery/delivery-stop";
import { readLatency, type Latency } from "@/lib/services/delivery/latency";
import { NO_DRIFT, readDrift, type DriftCounts } from "@/lib/services/reconcile/read-drift";

import { readOverrides } from "./cloud-overrides";
import { toConnectorAddresses, type ConnectorAddress } from "./connector-addresses";
import { CONNECTOR_SELECT, toConnectorView, type ConnectorView } from "./connector-view";
import { CREDENTIAL_SELECT, toCredentialView, type CredentialView } from "./credential-view";

export type OneConnector = ConnectorView & {
  credential: CredentialView | null;
  drift: DriftCounts;
  visibleAfter: Latency | null;
  addresses: ConnectorAddress[];
  apis: Api[];
};

/** One connector of a team the actor has a part in, with the age of its secret, where that goes, to which interfaces, and its drift. A foreign id and an unknown one are the same `not_found`. */
export const getConnector = async (actor: Actor, connectorId: string): Promise<OneConnector> => {
  const teamIds = actor.teams.map(({ id }) => id);
  return asActor(actor, async (tx) => {
    const row = await tx.connector.findFirst({
      where: { id: connectorId, teamId: { in: teamIds }, deletedAt: null },
      select: CONNECTOR_SELECT,
    });
    if (!row) throw noConnector();
    const credential = await tx.credential.findFirst({
      where: { connectorId, teamId: row.teamId, state: "active" },
      select: CREDENTIAL_SELECT,
    });
    const drift = await readDrift(tx, { connectorIds: [connectorId], teamIds: [row.teamId] });
    const stops = await readStops(tx, [connectorId]);
    const view = toConnectorView(row, stops.get(connectorId) ?? null);
    const visibleAfter = await readLatency(tx, { connectorId, teamId: row.teamId });
    return {
      ...view,
      addresses: toConnectorAddresses(view, await readOverrides(tx)),
      apis: [...APIS[view.kind]],
      credential: credential && toCredentialView(credential),
      drift: drift.get(connectorId) ?? NO_DRIFT,
      visibleAfter,
    };
  });
};

/** The one answer for a connector that does not exist and for one of others. */
export const noConnector = (): AppError => new AppError("not_found", "There is no such connector.");
