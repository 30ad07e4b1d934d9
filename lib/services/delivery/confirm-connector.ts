import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { asSystem, bulkAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { createApplications, type Application, type Applications } from "./applications";
import { forgetFill, noteFill } from "./note-fill";
import { isAsSent, markGone, markVisible, readAwaited, type Awaited } from "./read-back";

type Options = { signal: AbortSignal; open?: OpenDestination };

export type Confirmation = {
  visible: number;
  gone: number;
  /** Accepted or withdrawn, but not seen so yet: destinations show changes late. */
  unconfirmed: number;
  /** Why an application could not read; null when all could. */
  problem: string | null;
};

/**
 * Reads a connector's destination back: what was accepted and stands there as sent becomes visible, what was withdrawn and is
 * not shown any more is gone. Where nothing can be read, receipts stay as they are. Notes what the fill of the destination is.
 */
export const confirmConnector = async (
  connectorId: string,
  { signal, open }: Options,
): Promise<Confirmation> => {
  const isThere = await asSystem("delivery", (tx) =>
    tx.connector.count({ where: { id: connectorId, deletedAt: null } }),
  );
  if (isThere === 0) return NOTHING;
  const applications = createApplications(() => undefined, open);
  const first = await confirmOnce(connectorId, applications, signal);
  if (first.unconfirmed === 0 || first.problem !== null) return first;
  // Most destinations show a change within moments; those that do not are read again by the next sweep.
  await sleep(SECOND_LOOK_MS, undefined, { signal });
  const second = await confirmOnce(connectorId, applications, signal);
  return { ...second, visible: first.visible + second.visible, gone: first.gone + second.gone };
};

const NOTHING: Confirmation = { visible: 0, gone: 0, unconfirmed: 0, problem: null };
const SECOND_LOOK_MS = 1_000;

const confirmOnce = async (
  connectorId: string,
  applications: Applications,
  signal: AbortSignal,
): Promise<Confirmation> => {
  const awaited = await bulkAsSystem("delivery", (client) => readAwaited(client, connectorId));
  const seen = new Set<string>();
  let problem: string | null = null;
  for (const ownerId of awaited.ownerIds) {
    try {
      const application = await applications(ownerId);
      const isNeeded = application.access.kind === "defender" || hasAny(awaited);
      if (!application.destination.isReadable || !isNeeded) continue;
      await readAll(application, awaited, seen, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Whoever cannot read leaves its receipts at "accepted"; the others are read all the same.
      problem = error.message;
      if (ownerId === connectorId)
        return { ...NOTHING, unconfirmed: awaited.accepted.size + awaited.withdrawn.size, problem };
    }
  }
  const own = await applications(connectorId);
  if (!own.destination.isReadable) return NOTHING;
  const { goneIds, standingIds } = splitWithdrawn(awaited, seen);
  await bulkAsSystem("delivery", (client) =>
    markGone(client, connectorId, { goneIds, standingIds }, new Date()),
  );
  const visible = [...awaited.accepted.keys()].filter((remoteId) => seen.has(remoteId)).length;
  const unconfirmed = awaited.accepted.size - visible + standingIds.length;
  return { visible, gone: goneIds.length, unconfirmed, problem };
};

const hasAny = ({ accepted, withdrawn }: Awaited): boolean => accepted.size + withdrawn.size > 0;

/** Goes through all that one application sees; `seen` gets the awaited records that stand there as sent, or still stand there. */
const readAll = async (
  application: Application,
  awaited: Awaited,
  seen: Set<string>,
  signal: AbortSignal,
): Promise<void> => {
  const { destination, pacer, access } = application;
  const hasLimit = access.kind === "defender";
  // By the rights alone: a tenant without others' records looks the same to an application that may not see them.
  const seesOthers = hasLimit ? await destination.seesOthers(signal) : null;
  if (seesOthers === false) await forgetFill(application);
  const shown = new Map<string, RemoteRecord>();
  for await (const page of destination.list(signal)) {
    const now = new Date();
    const visibleIds: string[] = [];
    for (const record of page) {
      const { remoteId } = record;
      if (hasLimit) shown.set(remoteId, record);
      const sent = awaited.accepted.get(remoteId);
      const isEnded = record.isRevoked || (record.expiresAt !== null && record.expiresAt <= now);
      if (sent && isAsSent(record, sent)) {
        seen.add(remoteId);
        visibleIds.push(sent.recordId);
      } else if (!sent && awaited.withdrawn.has(remoteId) && !isEnded) seen.add(remoteId);
    }
    await bulkAsSystem("delivery", (client) => markVisible(client, visibleIds, now));
  }
  await pacer.settle();
  // A token that does not tell leaves what was shown as the only evidence.
  if (!hasLimit || seesOthers === false) return;
  if (seesOthers ?? [...shown.values()].some(({ isOurs }) => !isOurs)) await noteFill(application, shown);
  else await forgetFill(application);
};

const splitWithdrawn = ({ accepted, withdrawn }: Awaited, seen: ReadonlySet<string>) => {
  const goneIds: string[] = [];
  const standingIds: string[] = [];
  for (const [remoteId, indicatorId] of withdrawn) {
    // Sentinel gives a record that came back its old id: then this connector's share of it is gone all the same.
    const isStanding = seen.has(remoteId) && !accepted.has(remoteId);
    (isStanding ? standingIds : goneIds).push(indicatorId);
  }
  return { goneIds, standingIds };
};
