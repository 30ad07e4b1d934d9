import type { z } from "zod";

import type { Json } from "@/lib/domain/canonical-json";
import { AppError } from "@/lib/domain/errors";

import { findUnstorable } from "./unstorable";

/** A place in a sorted list as opaque text: the sort key of the last row shown. */
export const encodeCursor = (key: Json): string => Buffer.from(JSON.stringify(key)).toString("base64url");

/** The sort key in a cursor, or undefined without one. Throws `invalid_input` for text that we did not make. */
export const decodeCursor = <Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
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
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(cursor, "base64url"));
    const key: unknown = JSON.parse(text);
    return findUnstorable(key).length === 0 ? key : undefined;
  } catch {
    return undefined; // whatever is wrong with it, it is not ours
  }
};
