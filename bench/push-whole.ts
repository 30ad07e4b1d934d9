import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { push } from "@/lib/services/delivery/testing/desk";

/** Plans, applies and delivers in this process; throws unless each of so many was accepted. */
export const pushWhole = async (actor: Actor, connector: ConnectorView, expected: number): Promise<void> => {
  const { state, counts } = await push(actor, connector);
  if (state !== "done" || counts.accepted !== expected)
    throw new Error(`The push to ${connector.kind} ended as ${state}: ${JSON.stringify(counts)}`);
};
