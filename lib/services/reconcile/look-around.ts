import "server-only";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { bulkAsSystem } from "@/lib/db/scope";
import { maySeeAll } from "@/lib/domain/delivery/capacity";
import { AppError } from "@/lib/domain/errors";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { createReaders, type Application } from "@/lib/services/delivery/applications";
import { parseCapacity } from "@/lib/services/delivery/note-capacity";
import { noteTenant } from "@/lib/services/delivery/note-tenant";

import { readByReader } from "./read-by-reader";

/** What others hold there may be as old as that. Comparisons usually read it every hour. */
const FRESH_HOURS = 24;
/** Whoever plans, or sends, does not wait longer than that for a request that may leave. */
const LONGEST_WAIT_MS = 5_000;

/** Reads all that an application is shown of its Defender tenant, and notes what it finds; gives it by remote ids. */
export const readTenant = async (
  application: Application,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, RemoteRecord>> => {
  const shown = new Map<string, RemoteRecord>();
  for await (const page of application.destination.list(signal))
    for (const record of page) shown.set(record.remoteId, record);
  await application.pacer.settle();
  return shown;
};

/**
 * Has the destination's own reader, or else an application that sees the whole tenant, look at it, unless that was done within a day:
 * nothing is sent over what others hold there.
 * Throws an AppError when it cannot look.
 */
export const lookBeforeSending = async (
  application: Application,
  signal?: AbortSignal,
  open?: OpenDestination,
): Promise<void> => {
  const { access, destination } = application;
  if (access.kind !== "defender") return;
  const { isFresh, isReader } = await readLook(access.connectorId, access.teamId);
  const byReader = { open, longestWaitMs: LONGEST_WAIT_MS, ...(signal && { signal }) };
  if (!isFresh && (await readByReader(access.destinationId, byReader))) return;
  // By its rights now: it may have got more since.
  const seesOthers = await destination.seesOthers(signal);
  if (isFresh && (isReader || seesOthers !== true)) return;
  if (seesOthers === false) await noteBlind(access.connectorId);
  else await noteTenant(application, await readTenant(application, signal), seesOthers);
};

/**
 * The same before a plan is made. Gives why it could not look, in a sentence, or null: a plan may be made all the same, since it is
 * looked once more before anything is sent.
 */
export const lookBeforePlanning = async (
  connectorId: string,
  teamId: string,
  open?: OpenDestination,
): Promise<string | null> => {
  const { kind, isFresh } = await readLook(connectorId, teamId);
  if (kind !== "defender" || isFresh) return null;
  try {
    const applications = createReaders(open, { longestWaitMs: LONGEST_WAIT_MS });
    await lookBeforeSending(await applications(connectorId), undefined, open);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.message;
  }
};

type Look = { kind: string; isFresh: boolean; isReader: boolean };

const readLook = (connectorId: string, teamId: string): Promise<Look> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows } = await client.query<{
      kind: string;
      clientId: string;
      isFresh: boolean;
      capacity: unknown;
    }>(
      `SELECT c.kind, c.client_id AS "clientId", d.capacity,
         coalesce(c.looked_at > clock_timestamp() - make_interval(hours => $3), false) AS "isFresh"
       FROM connector c JOIN destination d ON d.id = c.destination_id WHERE c.id = $1 AND c.team_id = $2`,
      [connectorId, teamId, FRESH_HOURS],
    );
    const [connector] = rows;
    if (!connector) throw new AppError("not_found", "There is no such connector.");
    const { kind, clientId, isFresh, capacity } = connector;
    return { kind, isFresh, isReader: maySeeAll(parseCapacity(capacity), [clientId]) };
  });

/** It sees its own records alone, and so can write over nobody else's. */
const noteBlind = (connectorId: string): Promise<void> =>
  bulkAsSystem("delivery", async (client) => {
    await client.query("UPDATE connector SET looked_at = clock_timestamp() WHERE id = $1", [connectorId]);
  });
