import "server-only";

import { hash } from "node:crypto";

import type { Author } from "@/lib/connectors/contract";
import { bulkAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import { logger } from "@/lib/observability/logger";

import type { Application } from "./applications";
import type { AsOf } from "./as-of";
import type { Departures } from "./departures";
import { settleSlot, toTrouble, type Trouble } from "./send-batch";

type Options = {
  application: Application;
  departures: Departures;
  createdByRef: string;
  /** By what the batch was decided. */
  asOf: AsOf;
  signal: AbortSignal;
};

/**
 * Puts who makes the records where they name it: once at each workspace, and again when it is worded anew. To be called with the
 * destination taken. Gives what came in the way and may pass; where the service wants none, the records go without.
 */
export const introduce = async ({
  application,
  departures,
  createdByRef,
  asOf,
  signal,
}: Options): Promise<Trouble | null> => {
  const { destination, pacer, access } = application;
  if (destination.introduce === null) return null;
  const { known, ...times } = await readKnown(access.destinationId);
  const { words, hash: wanted } = describeAuthor(createdByRef);
  if (known === wanted) return null;
  // It carries no item of the push.
  departures.load({ indicatorIds: [], asOf });
  const author: Author = { ...words, ...times };
  try {
    await destination.introduce(author, signal);
    await pacer.settle();
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    const trouble = toTrouble(error);
    await settleSlot(pacer, trouble);
    if (trouble.retry !== "never") return trouble;
    logger.warn({ destinationId: access.destinationId, err: error }, "A workspace did not take who sends");
    return null;
  }
  await noteKnown(access.destinationId, { wanted, at: author.modifiedAt });
  return null;
};

/** What a destination is to be told of who makes its records, with the hash that tells it from what it was told before. */
export const describeAuthor = (createdByRef: string) => {
  const url = env().APP_URL;
  const words = { ref: createdByRef, name: `Sluice at ${new URL(url).host}`, url };
  return { words, hash: hash("sha256", JSON.stringify(words), "hex") };
};

type Known = { known: string | null; createdAt: Date; modifiedAt: Date };

const readKnown = (destinationId: string): Promise<Known> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows } = await client.query<Known>(
      `SELECT encode(author_hash, 'hex') AS known, created_at AS "createdAt",
         greatest(clock_timestamp()::timestamptz(3), author_at + interval '1 ms') AS "modifiedAt"
       FROM destination WHERE id = $1`,
      [destinationId],
    );
    const [row] = rows;
    if (!row) throw new Error("The destination of a push is missing.");
    return row;
  });

const noteKnown = (destinationId: string, { wanted, at }: { wanted: string; at: Date }) =>
  bulkAsSystem("delivery", (client) =>
    client.query("UPDATE destination SET author_hash = decode($2, 'hex'), author_at = $3 WHERE id = $1", [
      destinationId,
      wanted,
      at,
    ]),
  );
