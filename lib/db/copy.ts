import { once } from "node:events";

import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";

const CHUNK_BYTES = 64 * 1024;

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
  let parts: string[] = [];
  let size = 0;

  const flush = async (): Promise<void> => {
    if (failure) throw failure;
    if (parts.length === 0) return;
    const chunk = parts.join("");
    parts = [];
    size = 0;
    if (!stream.write(chunk)) await once(stream, "drain");
  };

  return {
    /** Adds one row; resolves at once unless the server is behind. */
    write: (row: readonly CopyValue[]): Promise<void> | undefined => {
      let line = encode(row[0] ?? null);
      for (let index = 1; index < row.length; index += 1) line += `\t${encode(row[index] ?? null)}`;
      parts.push(line, "\n");
      size += line.length + 1;
      return size < CHUNK_BYTES ? undefined : flush();
    },
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
      // A COPY that the server has refused is over already.
      if (failure) return;
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

const SPECIAL = /[\\\t\n\r]/;
const SPECIALS = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

const encode = (value: CopyValue): string => {
  if (value === null) return "\\N";
  if (typeof value === "string") return escapeText(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return escapeText(encodeArray(value));
  return String(value);
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
