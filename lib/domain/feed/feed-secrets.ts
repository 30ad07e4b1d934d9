import { z } from "zod";

const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]{1,100}$/;
// Set by us for every request; a feed that names them would break the conversation.
const RESERVED_HEADERS = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "accept-encoding",
]);

export const feedHeadersSchema = z
  .record(
    z
      .string()
      .regex(HEADER_NAME, "A header's name has letters, digits and dashes only.")
      .refine((name) => !RESERVED_HEADERS.has(name.toLowerCase()), "This header is set by Sluice itself."),
    z
      .string()
      .max(4_000)
      .regex(/^[\t\u{20}-\u{7E}\u{80}-\u{FF}]*$/u, "A header's value is one line of plain text."),
  )
  .refine((headers) => Object.keys(headers).length <= 20, "At most 20 headers.");

export const feedAuthSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({
    type: z.literal("basic"),
    username: z.string().min(1, "Give the user name.").max(500),
    password: z.string().max(1_000),
  }),
  z.strictObject({ type: z.literal("bearer"), token: z.string().min(1, "Give the token.").max(8_000) }),
  z.strictObject({ type: z.literal("misp"), key: z.string().min(1, "Give the key.").max(500) }),
]);

/** What is sealed of a feed. */
export const feedSecretsSchema = z.object({
  headers: feedHeadersSchema,
  auth: feedAuthSchema,
  /** What stood in the address, by its parameter. */
  keys: z.record(z.string(), z.array(z.string())).default({}),
});
export type FeedSecrets = z.infer<typeof feedSecretsSchema>;
/** What goes with a request beside its address. */
export type FeedSignIn = Pick<FeedSecrets, "headers" | "auth">;
