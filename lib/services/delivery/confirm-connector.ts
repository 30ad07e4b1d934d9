import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import { asSystem } from "@/lib/db/scope";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { createApplications } from "./applications";
import { readDestination, type Reading } from "./read-destination";

type Options = { signal: AbortSignal; open?: OpenDestination };

export type Confirmation = Omit<Reading, "shown" | "failure">;

/**
 * Reads a connector's destination back after a push: what was accepted and stands there as sent becomes visible, what was
 * withdrawn and is not shown any more is gone. Where nothing can be read, receipts stay as they are.
 */
export const confirmConnector = async (
  connectorId: string,
  { signal, open }: Options,
): Promise<Confirmation> => {
  const isThere = await asSystem("delivery", (tx) =>
    tx.connector.count({ where: { id: connectorId, deletedAt: null } }),
  );
  if (isThere === 0) return { visible: 0, gone: 0, unconfirmed: 0, problem: null };
  const applications = createApplications(() => undefined, open);
  const first = toConfirmation(await readDestination(connectorId, applications, signal));
  if (first.unconfirmed === 0 || first.problem !== null) return first;
  // Most destinations show a change within moments; those that do not are read again by the next sweep.
  await sleep(SECOND_LOOK_MS, undefined, { signal });
  const second = toConfirmation(await readDestination(connectorId, applications, signal));
  return { ...second, visible: first.visible + second.visible, gone: first.gone + second.gone };
};

const SECOND_LOOK_MS = 1_000;

const toConfirmation = ({ visible, gone, unconfirmed, problem }: Reading): Confirmation => ({
  visible,
  gone,
  unconfirmed,
  problem,
});
