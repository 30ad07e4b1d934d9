import "server-only";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { bulkAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";

import type { Application, Applications } from "./applications";
import { forgetFill, noteFill } from "./note-fill";
import {
  isAsSent,
  markGone,
  markVisible,
  readAwaited,
  toShown,
  type Awaited,
  type SeenRecord,
} from "./read-back";

export type Reading = {
  visible: number;
  gone: number;
  /** Accepted or withdrawn, but not seen so yet: destinations show changes late. */
  unconfirmed: number;
  /** Why an application could not read; null when all could. */
  problem: string | null;
  /** By remote id: all that the connector's own application was shown; null where it did not read. Defender only. */
  shown: ReadonlyMap<string, RemoteRecord> | null;
  /** Why the connector's own application could not read. */
  failure: AppError | null;
};

/**
 * Reads a connector's destination once, by the applications whose records it waits for: what stands there as sent becomes visible,
 * what was withdrawn and is not shown any more is gone. Notes what the fill of the destination is.
 */
export const readDestination = async (
  connectorId: string,
  applications: Applications,
  signal: AbortSignal,
): Promise<Reading> => {
  const awaited = await bulkAsSystem("delivery", (client) => readAwaited(client, connectorId));
  const seen = new Set<string>();
  let problem: string | null = null;
  let shown: Reading["shown"] = null;
  for (const ownerId of awaited.ownerIds) {
    try {
      const application = await applications(ownerId);
      const isNeeded = application.access.kind === "defender" || hasAny(awaited);
      if (!application.destination.isReadable || !isNeeded) continue;
      const everything = await readAll(application, awaited, seen, signal);
      if (ownerId === connectorId) shown = everything;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Whoever cannot read leaves its receipts at "accepted"; the others are read all the same.
      problem = error.message;
      if (ownerId === connectorId) {
        const unconfirmed = awaited.accepted.size + awaited.withdrawn.size;
        return { ...NOTHING, unconfirmed, problem, failure: error };
      }
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
  return { visible, gone: goneIds.length, unconfirmed, problem, shown, failure: null };
};

const NOTHING: Reading = { visible: 0, gone: 0, unconfirmed: 0, problem: null, shown: null, failure: null };

const hasAny = ({ accepted, withdrawn }: Awaited): boolean => accepted.size + withdrawn.size > 0;

/** Goes through all that one application sees; `seen` gets the awaited records that stand there as sent, or still stand there. */
const readAll = async (
  application: Application,
  awaited: Awaited,
  seen: Set<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RemoteRecord>> => {
  const { destination, pacer, access } = application;
  const hasLimit = access.kind === "defender";
  // By the rights alone: a tenant without others' records looks the same to an application that may not see them.
  const seesOthers = hasLimit ? await destination.seesOthers(signal) : null;
  if (seesOthers === false) await forgetFill(application);
  const shown = new Map<string, RemoteRecord>();
  for await (const page of destination.list(signal)) {
    const now = new Date();
    const visible: SeenRecord[] = [];
    for (const record of page) {
      const { remoteId } = record;
      if (hasLimit) shown.set(remoteId, record);
      const sent = awaited.accepted.get(remoteId);
      const isEnded = record.isRevoked || (record.expiresAt !== null && record.expiresAt <= now);
      if (sent && isAsSent(record, sent)) {
        seen.add(remoteId);
        visible.push({ recordId: sent.recordId, textHash: toShown(record).textHash });
      } else if (!sent && awaited.withdrawn.has(remoteId) && !isEnded) seen.add(remoteId);
    }
    await bulkAsSystem("delivery", (client) => markVisible(client, visible, now));
  }
  await pacer.settle();
  // A token that does not tell leaves what was shown as the only evidence.
  if (hasLimit && seesOthers !== false) {
    if (seesOthers ?? [...shown.values()].some(({ isOurs }) => !isOurs)) await noteFill(application, shown);
    else await forgetFill(application);
  }
  return shown;
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
