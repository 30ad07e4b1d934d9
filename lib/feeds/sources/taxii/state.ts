import { createHash } from "node:crypto";

import { z } from "zod";

const stateSchema = z.object({
  version: z.literal(1),
  /** Of where and what was asked; the address may hold a key, so it is not kept itself. */
  fingerprint: z.string(),
  /** X-TAXII-Date-Added-Last of the newest page; null when the server does not say. */
  addedLast: z.string().nullable(),
  /** When everything was read last. */
  fullAt: z.iso.datetime(),
  /** What the last question for changes was, and a digest of what came. */
  answer: z.object({ since: z.string(), digest: z.string() }).nullable(),
});
/** What a run leaves for the next. */
export type TaxiiState = z.infer<typeof stateSchema>;

/** The state that an earlier run of the same collection left; null for any other. */
export const readState = (state: unknown, fingerprint: string): TaxiiState | null => {
  const { data } = stateSchema.safeParse(state);
  return data?.fingerprint === fingerprint ? data : null;
};

export const fingerprintOf = (objects: URL): string =>
  createHash("sha256").update(objects.href).digest("base64");

/** From when on changes are to be asked for; null when everything is: once a day, and when nothing tells where they begin. */
export const sinceOf = ({ addedLast, fullAt }: TaxiiState, now: Date): string | null =>
  addedLast === null || now.getTime() - Date.parse(fullAt) >= FULL_EVERY_MS
    ? null
    : new Date(Date.parse(addedLast) - OVERLAP_MS).toISOString();

/** What a server adds is not always visible at once, so some minutes are asked for again. */
const OVERLAP_MS = 10 * 60_000;
// A little less than a day, so that a feed that runs once an hour does not drift past it.
const FULL_EVERY_MS = 23 * 60 * 60_000;
