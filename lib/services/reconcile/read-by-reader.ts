import "server-only";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { bulkAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { openReader, readReaderAccess, watchReader } from "@/lib/services/connectors/open-reader";
import { noteTenant } from "@/lib/services/delivery/note-tenant";

type Options = { open?: OpenDestination | undefined; longestWaitMs?: number; signal?: AbortSignal };

/**
 * Reads a Defender tenant whole by the application that an administrator gave the destination, and notes how full it is and who made
 * what, for every connector that leads there. Gives what was shown, by remote ids; null where there is none, or where it could not,
 * which is noted with it: then each connector's own application looks, as far as it may see.
 */
export const readByReader = async (
  destinationId: string,
  { open, longestWaitMs, signal }: Options = {},
): Promise<ReadonlyMap<string, RemoteRecord> | null> => {
  try {
    const access = await readReaderAccess(destinationId);
    if (access === null) return null;
    const reader = openReader(access, { open, longestWaitMs, watch: watchReader(access) });
    if ((await reader.destination.seesOthers(signal)) === false)
      throw new AppError(
        "upstream_rejected",
        "Its application is not shown what others put into the tenant.",
      );
    const shown = new Map<string, RemoteRecord>();
    for await (const page of reader.destination.list(signal))
      for (const record of page) shown.set(record.remoteId, record);
    await reader.pacer.settle();
    await noteTenant(reader, shown, true);
    await noteLook(destinationId, null);
    return shown;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    logger.warn({ destinationId, err: error }, "A destination's own application could not read it");
    await noteLook(destinationId, error.message);
    return null;
  }
};

const noteLook = (destinationId: string, problem: string | null): Promise<void> =>
  bulkAsSystem("delivery", async (client) => {
    await client.query(
      `UPDATE destination_reader SET problem = $2, looked_at = CASE WHEN $2::text IS NULL THEN clock_timestamp() ELSE looked_at END
       WHERE destination_id = $1`,
      [destinationId, problem],
    );
  });
