import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import { asSystem } from "@/lib/db/scope";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { createReaders } from "./applications";
import { retryRemovals } from "./retry-removals";
import { readDestination, type Reading } from "./read-destination";

type Options = {
  signal: AbortSignal;
  open?: OpenDestination;
  /** Somebody waits for it: what is not shown yet is looked for again for longer. */
  isUrgent?: boolean;
};

export type Confirmation = Omit<Reading, "isRead" | "failure">;

/**
 * Reads a connector's destination back after a push: what was accepted and stands there as sent becomes visible, what was
 * withdrawn and is not shown any more is gone. Where nothing can be read, receipts stay as they are.
 */
export const confirmConnector = async (
  connectorId: string,
  { signal, open, isUrgent = false }: Options,
): Promise<Confirmation> => {
  const isThere = await asSystem("delivery", (tx) =>
    tx.connector.count({ where: { id: connectorId, deletedAt: null } }),
  );
  if (isThere === 0) return { visible: 0, gone: 0, unconfirmed: 0, problem: null };
  const applications = createReaders(open);
  const read = async () => toConfirmation(await readDestination(connectorId, applications, signal));
  const sum = await look(read, isUrgent ? URGENT_LOOKS_MS : LOOKS_MS, signal);
  await retryRemovals(connectorId);
  return sum;
};

const look = async (
  read: () => Promise<Confirmation>,
  pausesMs: readonly number[],
  signal: AbortSignal,
): Promise<Confirmation> => {
  let sum = await read();
  // Most destinations show a change within moments; those that do not are read again by the next sweep.
  for (const pauseMs of pausesMs) {
    if (sum.unconfirmed === 0 || sum.problem !== null) return sum;
    await sleep(pauseMs, undefined, { signal });
    const next = await read();
    sum = { ...next, visible: sum.visible + next.visible, gone: sum.gone + next.gone };
  }
  return sum;
};

const LOOKS_MS = [1_000];
const URGENT_LOOKS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

const toConfirmation = ({ visible, gone, unconfirmed, problem }: Reading): Confirmation => ({
  visible,
  gone,
  unconfirmed,
  problem,
});
