import "server-only";

import { asTeam } from "@/lib/db/scope";
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
    const piece = await asTeam(teamId, (tx) =>
      tx.bodyChunk.findUnique({
        where: { bodyId_position: { bodyId, position: position++ }, teamId },
        select: { data: true },
      }),
    );
    return piece && unpackChunk(piece.data);
  });
};

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

export type StoredBody = { id: string; sha256: Uint8Array; bytes: bigint; contentType: string | null };

/** So long bytes are kept behind a preview or an upload that nobody has saved yet. */
export const PREVIEW_KEPT_MS = 15 * 60_000;

/** What is known of a kept body. Throws `not_found` once its time is over. */
export const getStoredBody = async (teamId: string, bodyId: string, now: Date): Promise<StoredBody> => {
  const body = await asTeam(teamId, (tx) =>
    tx.body.findFirst({
      where: { id: bodyId, teamId, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      select: { id: true, sha256: true, bytes: true, contentType: true },
    }),
  );
  if (!body) throw new AppError("not_found", "What was fetched is no longer kept. Fetch it again.");
  return body;
};
