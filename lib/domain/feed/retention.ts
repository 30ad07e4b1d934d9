import { z } from "zod";

const days = (least: number) => z.number().int().min(least).max(3_650);

/** How long what feeds brought, and what was sent, is kept, for the whole installation. */
const fields = {
  /** What was fetched: so many generations of each feed, and so many days, whichever is more. */
  generations: z.number().int().min(2).max(1_000),
  bodyDays: days(1),
  /** What is known of each run, its rejected rows included. */
  runDays: days(30),
  /** Entries that ended: as long as a kept run may need them, and so many days. */
  attributionDays: days(1),
  /** Pushes that ended, with each value's outcome and the plan that was applied. */
  pushDays: days(30),
};

export const retentionSchema = z
  .strictObject({
    generations: fields.generations.default(10),
    bodyDays: fields.bodyDays.default(30),
    runDays: fields.runDays.default(400),
    attributionDays: fields.attributionDays.default(90),
    pushDays: fields.pushDays.default(180),
  })
  // The entries of a run that is not kept any more have no date of their own.
  .refine(({ runDays, attributionDays }) => runDays >= attributionDays, {
    path: ["runDays"],
    error: "Keep runs at least as long as the entries that they ended.",
  });
export type Retention = z.infer<typeof retentionSchema>;

export const retentionPatchSchema = z.strictObject(fields).partial();
export type RetentionPatch = z.infer<typeof retentionPatchSchema>;
