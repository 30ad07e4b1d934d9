import { z } from "zod";

import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

const candidateSchema = z.object({
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  port: z.number().optional(),
  mention: z.object({
    part: z.string().nullable(),
    line: z.number(),
    original: z.string(),
    context: z.string(),
  }),
  mentions: z.number(),
  isDefanged: z.boolean(),
  caution: z.string().nullable(),
  known: z.string().nullable(),
  isProposed: z.boolean(),
  reason: z.string().nullable(),
});
const reportAnswerSchema = z.object({
  isMail: z.boolean(),
  candidates: z.array(candidateSchema),
  rejected: z.array(
    z.object({
      part: z.string().nullable(),
      line: z.number(),
      original: z.string(),
      reason: z.string(),
    }),
  ),
  rejectedCount: z.number(),
  notes: z.array(z.string()),
});

/** What reading a report answers: every value in it with what speaks for and against it. */
export type ReportAnswer = z.output<typeof reportAnswerSchema>;
export type Candidate = ReportAnswer["candidates"][number];

/** Reads the answer; `null` for anything that is none. */
export const parseReportAnswer = (data: unknown): ReportAnswer | null =>
  reportAnswerSchema.safeParse(data).data ?? null;

/** A value's name within one report. */
export const keyOf = ({ type, value }: Pick<Candidate, "type" | "value">): string => `${type}:${value}`;
