import "server-only";

import { z } from "zod";

import { asTeam, bulkAsTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import { decodeText } from "@/lib/feeds/text/decode";
import { readLines } from "@/lib/feeds/text/lines";

import { unpackChunk } from "./chunk-packing";
import { oneAhead } from "./one-ahead";
import { unpack } from "./unpack-body";

/** Reads a kept body piece by piece, each in a transaction of its own, so that slow reading holds nothing. */
export const readStoredBody = (
  teamId: string,
  bodyId: string,
): AsyncGenerator<Uint8Array, void, undefined> => {
  let position = 0;
  return oneAhead(async () => {
    const packed = await readChunk(teamId, bodyId, position++);
    return packed && unpackChunk(packed);
  });
};

// Through Prisma, a piece would be several strings more on its way.
const readChunk = (teamId: string, bodyId: string, position: number): Promise<Buffer | null> =>
  bulkAsTeam(teamId, async (client) => {
    const { rows } = await client.query<{ data: Buffer }>(
      "SELECT data FROM body_chunk WHERE body_id = $1 AND position = $2 AND team_id = $3",
      [bodyId, position, teamId],
    );
    return rows[0]?.data ?? null;
  });

/** The list in a kept body: what was uploaded is kept as it came, so it may still be packed. */
export const readStoredList = (
  teamId: string,
  bodyId: string,
  settings: Pick<FeedSettings, "zipEntry" | "limits">,
): AsyncGenerator<Uint8Array, void, undefined> => unpack(readStoredBody(teamId, bodyId), settings);

/** The lines of a kept body, without their ends. */
export const readBodyLines = (teamId: string, bodyId: string): AsyncGenerator<string> =>
  linesOf(readStoredBody(teamId, bodyId));

/** The lines of a body put together by a source, without their ends. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const lines of readLines(decodeText(body, "utf-8"))) yield* lines;
}

export type StoredBody = {
  id: string;
  sha256: Uint8Array;
  bytes: bigint;
  contentType: string | null;
  isBeginning: boolean;
  cutShort: string | null;
};

/** What is noted beside the body of a preview that is not the whole list: it is to be looked at. */
const partStateSchema = z.object({
  /** The rest was not asked for. */
  isBeginning: z.boolean().default(false),
  /** Why the rest did not come. */
  cutShort: z.string().nullable().default(null),
});
export type PartState = z.infer<typeof partStateSchema>;

/** Reads what is noted beside a body; what was noted by somebody else says nothing of parts. */
export const readPartState = (sourceState: unknown): PartState =>
  partStateSchema.safeParse(sourceState).data ?? partStateSchema.parse({});

/** Of a list, a preview looks at no more than this. */
export const PREVIEW_BYTES = 16 * 1024 * 1024;

/** So long bytes are kept behind a preview or an upload that nobody has saved yet. */
export const PREVIEW_KEPT_MS = 15 * 60_000;

/** What is known of a kept body. Throws `not_found` once its time is over. */
export const getStoredBody = async (teamId: string, bodyId: string, now: Date): Promise<StoredBody> => {
  const body = await asTeam(teamId, (tx) =>
    tx.body.findFirst({
      where: { id: bodyId, teamId, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      select: { id: true, sha256: true, bytes: true, contentType: true, sourceState: true },
    }),
  );
  if (!body) throw new AppError("not_found", "What was fetched is no longer kept. Fetch it again.");
  const { sourceState, ...facts } = body;
  return { ...facts, ...readPartState(sourceState) };
};
