import { z } from "zod";

/** A time: ISO 8601, UTC. Services give a `Date`, the answer holds its text. */
export const timeSchema = z
  .union([z.date(), z.iso.datetime()])
  .transform((time) => (typeof time === "string" ? time : time.toISOString()))
  .pipe(z.iso.datetime());

/** `?limit=&cursor=` of every list; extend it with a list's own filters. */
export const listQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(1000).optional(),
});

/** The answer of every list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/** Path parameters of one object. */
export const idParamsSchema = z.strictObject({ id: z.uuid() });
