import { z } from "zod";

import { CSV_COLUMN_ROLES } from "@/lib/domain/feed/csv-settings";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

const rowSchema = z.object({
  line: z.number(),
  raw: z.string(),
  indicators: z.array(
    z.object({ type: z.enum(INDICATOR_TYPES), value: z.string(), note: z.string().nullable() }),
  ),
  rejected: z.array(z.object({ text: z.string(), code: z.string(), reason: z.string() })),
});

const proposalSchema = z.object({
  encoding: z.string(),
  delimiter: z.string(),
  header: z.boolean(),
  commentPrefixes: z.array(z.string()),
  valueColumns: z.array(z.number()),
  columns: z.partialRecord(z.enum(CSV_COLUMN_ROLES), z.number()),
  found: z.array(z.object({ number: z.number(), name: z.string().nullable(), sample: z.string() })),
});

const previewAnswerSchema = z.object({
  preview: z.object({
    previewId: z.uuid(),
    bytes: z.number(),
    contentType: z.string().nullable(),
    rows: z.array(rowSchema),
    counts: z.object({
      lines: z.number(),
      values: z.number(),
      indicators: z.number(),
      duplicate: z.number(),
      allowlisted: z.number(),
      excluded: z.number(),
      rejected: z.number(),
      byType: z.record(z.string(), z.number()),
      rejectedByReason: z.record(z.string(), z.number()),
    }),
    isWhole: z.boolean(),
  }),
  proposal: proposalSchema.nullable(),
});

/** What a preview of a feed answers: its rows with their fate, and how the list seems to be cut. */
export type PreviewAnswer = z.output<typeof previewAnswerSchema>;
export type ShownPreview = PreviewAnswer["preview"];
export type ShownProposal = z.output<typeof proposalSchema>;

/** Reads the answer of the preview action; `null` for anything that is none. */
export const parsePreviewAnswer = (data: unknown): PreviewAnswer | null =>
  previewAnswerSchema.safeParse(data).data ?? null;
