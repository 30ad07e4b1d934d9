import type { z } from "zod";

import type { Json } from "./canonical-json";
import { AppError } from "./errors";

/** A place in a sorted list as opaque text: the sort key of the last row shown. */
export const encodeCursor = (key: Json): string => {
  const bytes = new TextEncoder().encode(JSON.stringify(key));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
};

/** The sort key in a cursor, or undefined without one. Throws `invalid_input` for text that we did not make. */
export const decodeCursor = <Schema extends z.ZodType>(
  schema: Schema,
  cursor: string | undefined,
): z.output<Schema> | undefined => {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(readJson(cursor));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", "The cursor is not one that this list gave. Start again without it.", {
    fields: [{ pointer: "/cursor", detail: "Not a cursor of this list." }],
  });
};

const readJson = (cursor: string): unknown => {
  try {
    const text = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(text, (c) => c.charCodeAt(0))),
    );
  } catch {
    return undefined; // whatever is wrong with it, it is not ours
  }
};
