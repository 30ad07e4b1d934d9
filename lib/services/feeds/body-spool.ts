import "server-only";

import { createHash, randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";

import { packChunk, unpackChunk } from "./chunk-packing";
import { inPieces } from "./in-pieces";
import { oneAhead } from "./one-ahead";
import { readStoredBody } from "./stored-body";

const PIECE_BYTES = 1024 * 1024;
/** So many pieces are packed at once: packing takes longer than reading. */
const PACKERS = 2;
/** Up to here a compressed body waits in memory, so that the same bytes as last time cost no write at all. */
const MEMORY_BYTES = 32 * 1024 * 1024;
/** What a killed worker left of a body is swept after this; no run may take as long. */
const ORPHAN_MS = 7 * 60 * 60_000;

type Owner = { teamId: string; feedId: string | null; contentType: string | null; finalUrl: string | null };

export type SpooledBody = {
  sha256: Buffer;
  bytes: number;
  /** The first 64 KB, to look at. */
  head: Uint8Array;
  /** Why the body ends before its time; null when it came whole. */
  cutShort: string | null;
  /** Keeps the body, in the transaction given or on its own; `expiresAt` null keeps it with its run. */
  save: (client: PoolClient, expiresAt: Date | null) => Promise<string>;
  /** Reads it again from the start. */
  read: () => AsyncIterable<Uint8Array>;
};

/**
 * Takes a body in: hashed, compressed in pieces of 1 MB beside the reading, in PostgreSQL once it outgrows 32 MB. Memory stays flat. With
 * `keepsBroken` a body that breaks off after its first bytes is kept as far as it came, and says so.
 */
export const spoolBody = async (
  source: AsyncIterable<Uint8Array>,
  owner: Owner,
  { keepsBroken = false }: { keepsBroken?: boolean } = {},
): Promise<SpooledBody> => {
  const id = randomUUID();
  const hash = createHash("sha256");
  /** Compressed. */
  const held: Buffer[] = [];
  let heldBytes = 0;
  const stored = { isBegun: false };
  let position = 0;
  let bytes = 0;
  let head = Buffer.alloc(0);

  const store = async (): Promise<void> => {
    await bulkAsTeam(owner.teamId, async (client) => {
      if (!stored.isBegun) {
        const facts = { sha256: Buffer.alloc(0), bytes: 0, expiresAt: new Date(Date.now() + ORPHAN_MS) };
        await insertBody(client, id, owner, facts);
      }
      for (const piece of held) await insertPiece(client, id, owner.teamId, position++, piece);
    });
    stored.isBegun = true;
    held.length = 0;
    heldBytes = 0;
  };
  const hold = async (oldest: Promise<Buffer> | undefined): Promise<void> => {
    const packed = await oldest;
    if (packed === undefined) return;
    held.push(packed);
    heldBytes += packed.length;
    if (heldBytes > MEMORY_BYTES) await store();
  };

  let cutShort: string | null = null;
  const untilBroken = async function* (): AsyncGenerator<Uint8Array> {
    let hasBytes = false;
    try {
      for await (const part of source) {
        hasBytes ||= part.byteLength > 0;
        yield part;
      }
    } catch (error) {
      const isBroken = error instanceof AppError && error.retry === "later";
      if (!keepsBroken || !hasBytes || !isBroken) throw error;
      cutShort = error.message;
    }
  };

  /** Pieces that other threads are packing while the next is read, in their order. */
  const packing: Promise<Buffer>[] = [];
  for await (const piece of inPieces(untilBroken(), PIECE_BYTES)) {
    hash.update(piece);
    if (head.length < 65_536) head = Buffer.concat([head, piece.subarray(0, 65_536 - head.length)]);
    bytes += piece.length;
    const packed = packChunk(piece);
    packed.catch(ignoreUntilAwaited);
    if (packing.push(packed) > PACKERS) await hold(packing.shift());
  }
  while (packing.length > 0) await hold(packing.shift());
  if (stored.isBegun) await store();
  const sha256 = hash.digest();

  return {
    sha256,
    bytes,
    head,
    cutShort,
    save: async (client, expiresAt) => {
      if (stored.isBegun) {
        const { rowCount } = await client.query(
          "UPDATE body SET sha256 = $2, bytes = $3, expires_at = $4 WHERE id = $1",
          [id, sha256, bytes, expiresAt],
        );
        if (rowCount !== 1) throw new Error("What was kept of this body is gone.");
        return id;
      }
      await insertBody(client, id, owner, { sha256, bytes, expiresAt });
      for (const [index, piece] of held.entries()) await insertPiece(client, id, owner.teamId, index, piece);
      return id;
    },
    read: () => (stored.isBegun ? readStoredBody(owner.teamId, id) : unpacked(held)),
  };
};

const unpacked = (pieces: readonly Buffer[]): AsyncGenerator<Uint8Array> => {
  let position = 0;
  return oneAhead(async () => {
    const piece = pieces[position++];
    return piece === undefined ? null : unpackChunk(piece);
  });
};

/** The source may break off first; whoever awaits the piece is told. */
const ignoreUntilAwaited = (): void => undefined;

const insertBody = async (
  client: PoolClient,
  id: string,
  { teamId, feedId, contentType, finalUrl }: Owner,
  { sha256, bytes, expiresAt }: { sha256: Buffer; bytes: number; expiresAt: Date | null },
): Promise<void> => {
  await client.query(
    `INSERT INTO body (id, team_id, feed_id, sha256, bytes, content_type, final_url, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, teamId, feedId, sha256, bytes, contentType, finalUrl, expiresAt],
  );
};

const insertPiece = async (
  client: PoolClient,
  bodyId: string,
  teamId: string,
  position: number,
  packed: Buffer,
): Promise<void> => {
  await client.query("INSERT INTO body_chunk (body_id, team_id, position, data) VALUES ($1, $2, $3, $4)", [
    bodyId,
    teamId,
    position,
    packed,
  ]);
};
