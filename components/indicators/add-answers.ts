import { z } from "zod";

import { ADD_OUTCOMES } from "@/lib/domain/indicator/local";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

const checkedSchema = z.object({
  line: z.number(),
  original: z.string(),
  verdict: z.enum(["new", "known", "duplicate", "allowlisted", "withdrawn", "rejected"]),
  type: z.enum(INDICATOR_TYPES).nullable(),
  value: z.string().nullable(),
  note: z.string().nullable(),
});
/** What a line's number counts, and what of a file is no row at all. */
const about = {
  unit: z.enum(["line", "item", "object"]).default("line"),
  notes: z.array(z.string()).default([]),
};
const checkAnswerSchema = z.object({ checked: z.array(checkedSchema), ...about });

const resultSchema = z.object({
  line: z.number(),
  original: z.string(),
  id: z.uuid().nullable(),
  type: z.enum(INDICATOR_TYPES).nullable(),
  value: z.string(),
  outcome: z.enum(ADD_OUTCOMES),
  reason: z.string().nullable(),
  caution: z.string().nullable(),
});
const addAnswerSchema = z.object({ results: z.array(resultSchema), ...about });

/** What checking a pasted text or a file answers: each value with what adding it would do. */
export type CheckAnswer = z.output<typeof checkAnswerSchema>;
export type CheckedValue = CheckAnswer["checked"][number];
/** What adding them answers: what became of each value. */
export type AddAnswer = z.output<typeof addAnswerSchema>;
export type AddResult = AddAnswer["results"][number];

/** Reads the answer of the check; `null` for anything that is none. */
export const parseCheckAnswer = (data: unknown): CheckAnswer | null =>
  checkAnswerSchema.safeParse(data).data ?? null;

/** Reads the answer of adding; `null` for anything that is none. */
export const parseAddAnswer = (data: unknown): AddAnswer | null =>
  addAnswerSchema.safeParse(data).data ?? null;
