import { z } from "zod";

import { ACTIONS, SEVERITIES } from "../connector/actions";
import { TLPS } from "../indicator/tlp";
import { DRIFT_FIELDS } from "./drift";
import { DRIFT_KINDS } from "./drift-choices";

const at = z.iso
  .datetime()
  .nullable()
  .transform((text) => (text === null ? null : new Date(text)));

/** How a record was shown at a destination, as it is kept. */
const shownSchema = z.object({
  action: z.enum(ACTIONS).nullable(),
  severity: z.enum(SEVERITIES).nullable(),
  expiresAt: at,
  title: z.string().nullable(),
  description: z.string().nullable(),
  /** Who changed it last and when, as far as the destination tells. */
  by: z.string().nullable(),
  at,
});

/** How a record that drifted was shown; of one that is gone there is only what became of it. */
export const driftShownSchema = shownSchema
  .partial()
  .extend({ kind: z.enum(DRIFT_KINDS), changes: z.array(z.enum(DRIFT_FIELDS)).default([]) });
export type DriftShown = z.output<typeof driftShownSchema>;

/** How a stranger was shown. */
export const strangerShownSchema = shownSchema.extend({
  stixId: z.string().nullable(),
  externalId: z.string().nullable(),
  madeAt: at,
  /** As it is marked there; null: it is not, or was not noted yet. */
  tlp: z.enum(TLPS).nullable().default(null),
});
export type StrangerShown = z.output<typeof strangerShownSchema>;
