import { once } from "node:events";

import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";

const CHUNK_BYTES = 64 * 1024;
/** A piece and the row that fills it. */
const ROOM_BYTES = 80 * 1024;

export type CopyValue = string | number | bigint | boolean | null | Date | readonly string[];

/**
 * Streams rows into a table in 64 KB pieces (row by row is ten times slower). Await `end` before querying again, or
 * `abort` when something went wrong on the way: until then every other query of the client waits, its rollback too.
 */
export const openCopy = (client: PoolClient, table: string, columns: readonly string[]) => {
  copying.add(client);
  const stream = client.query(copyFrom(`COPY ${table} (${columns.join(", ")}) FROM STDIN`));
  let failure: Error | undefined;
  stream.on("error", (error) => {
    failure = error;
  });
  const rows = createRowBuffer();

  const send = async (pieces: readonly Buffer[]): Promise<void> => {
    for (const piece of pieces) {
      if (failure) throw failure;
      if (!stream.write(piece)) await once(stream, "drain");
    }
    if (failure) throw failure;
  };
  const flush = async (): Promise<void> => {
    const pieces = rows.take();
    await send(pieces);
    if (stream.writableLength === 0 && isFlushed(client)) rows.giveBack(pieces);
  };

  return {
    /** Adds one row; resolves at once unless the server is behind. */
    write: (row: readonly CopyValue[]): Promise<void> | undefined => {
      rows.add(row);
      return rows.size() < CHUNK_BYTES ? undefined : flush();
    },
    /** Adds rows that `createRowBuffer` collected. */
    writeRows: send,
    end: async (): Promise<void> => {
      await flush();
      await new Promise<void>((resolve, reject) => {
        stream.once("finish", resolve);
        stream.once("error", reject);
        stream.end();
      });
      copying.delete(client);
    },
    abort: async (): Promise<void> => {
      // A COPY that the server has refused, or that came to its end, is over already.
      if (failure || stream.destroyed || stream.writableFinished) return;
      await new Promise<void>((resolve) => {
        stream.once("close", resolve);
        stream.destroy();
      });
    },
  };
};

/** Whether a COPY of the connection was begun and not ended: whatever else is asked of it waits behind that for ever. */
export const isCopying = (client: PoolClient): boolean => copying.has(client);

const copying = new WeakSet<PoolClient>();

// Until then the socket still reads from the pieces that were written to it.
const isFlushed = ({ connection }: PoolClient): boolean => connection.stream.writableLength === 0;

/**
 * Collects rows in COPY's text format, as bytes: through strings, a million rows took twice as long. Pieces that are given back
 * are filled anew: a list of five million rows would leave gigabytes of them to the garbage collection, and the process holds
 * whatever that has not come to yet.
 */
export const createRowBuffer = () => {
  let full: Buffer[] = [];
  let fullBytes = 0;
  const free: Buffer[] = [];
  let bytes: Buffer = Buffer.allocUnsafeSlow(ROOM_BYTES);
  let at = 0;

  const next = (room: number): void => {
    if (at > 0) full.push(bytes.subarray(0, at));
    fullBytes += at;
    bytes =
      room > ROOM_BYTES ? Buffer.allocUnsafeSlow(room) : (free.pop() ?? Buffer.allocUnsafeSlow(ROOM_BYTES));
    at = 0;
  };
  // With the separator after it.
  const makeRoom = (room: number): void => {
    if (at + room + 1 > bytes.length) next(room + 1);
  };

  const addText = (text: string): void => {
    makeRoom(text.length * MOST_BYTES_OF_A_UNIT);
    const start = at;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit < FIRST_PLAIN || unit > LAST_PLAIN || unit === BACKSLASH) {
        at = start + bytes.write(escapeText(text), start, "utf8");
        return;
      }
      bytes[at++] = unit;
    }
  };

  /** A whole number that is not negative, digit by digit: as text it costs three times as much. */
  const addNumber = (number: number): void => {
    makeRoom(MOST_DIGITS);
    let digits = 1;
    for (let bound = 10; bound <= number; bound *= 10) digits += 1;
    at += digits;
    for (let place = at - 1, rest = number; digits > 0; place -= 1, digits -= 1) {
      const shorter = Math.floor(rest / 10);
      bytes[place] = ZERO + (rest - shorter * 10);
      rest = shorter;
    }
  };

  const addNull = (): void => {
    makeRoom(2);
    bytes[at++] = BACKSLASH;
    bytes[at++] = CAPITAL_N;
  };

  return {
    add: (row: readonly CopyValue[]): void => {
      for (let index = 0; index < row.length; index += 1) {
        if (index > 0) bytes[at++] = TAB;
        const value = row[index] ?? null;
        if (value === null) addNull();
        else if (typeof value === "number" && value >= 0 && Number.isSafeInteger(value)) addNumber(value);
        else addText(typeof value === "string" ? value : toText(value));
      }
      bytes[at++] = NEW_LINE;
    },
    size: (): number => fullBytes + at,
    /** What was collected, in pieces; the next row begins anew. */
    take: (): readonly Buffer[] => {
      if (at > 0) next(0);
      const taken = full;
      full = [];
      fullBytes = 0;
      return taken;
    },
    /** Pieces that nobody reads any more. */
    giveBack: (pieces: readonly Buffer[]): void => {
      for (const { buffer } of pieces) if (buffer.byteLength === ROOM_BYTES) free.push(Buffer.from(buffer));
    },
  };
};

/** Three of UTF-8, or an escape's two. */
const MOST_BYTES_OF_A_UNIT = 3;
/** Of the largest number that is exact. */
const MOST_DIGITS = 16;
const ZERO = 48;
const TAB = 9;
const NEW_LINE = 10;
const CAPITAL_N = 78;
const BACKSLASH = 92;
// What lies between, but for the backslash, is one byte as it stands and needs no escape.
const FIRST_PLAIN = 14;
const LAST_PLAIN = 127;

const SPECIAL = /[\\\t\n\r]/;
const SPECIALS = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

const toText = (value: number | bigint | boolean | Date | readonly string[]): string => {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? encodeArray(value) : String(value);
};

// PostgreSQL text holds no NUL.
const escapeText = (text: string): string => {
  const clean = text.includes("\0") ? text.replaceAll("\0", "") : text;
  return SPECIAL.test(clean) ? clean.replace(SPECIALS, (character) => ESCAPES[character] ?? "") : clean;
};

const encodeArray = (items: readonly string[]): string =>
  items.length === 0
    ? "{}"
    : `{${items.map((item) => `"${item.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`;
