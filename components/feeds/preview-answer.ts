import { z } from "zod";

import { CSV_COLUMN_ROLES } from "@/lib/domain/feed/csv-settings";
import { previewSchema, proposalSchema } from "@/lib/domain/feed/preview";

const jsonProposalSchema = z.object({
  isLines: z.boolean(),
  list: z.string(),
  value: z.string(),
  // The fields of items and the columns of rows have the same meanings.
  fields: z.partialRecord(z.enum(CSV_COLUMN_ROLES), z.string()),
  found: z.array(z.object({ path: z.string(), sample: z.string() })),
});

const previewAnswerSchema = z.object({
  preview: previewSchema,
  proposal: proposalSchema.nullable(),
  jsonProposal: jsonProposalSchema.nullable(),
});

/** What a preview of a feed answers: its rows with their fate, and how it seems to be cut. */
export type PreviewAnswer = z.output<typeof previewAnswerSchema>;
export type ShownProposal = z.output<typeof proposalSchema>;
export type ShownJsonProposal = z.output<typeof jsonProposalSchema>;

/** Reads the answer of the preview action; `null` for anything that is none. */
export const parsePreviewAnswer = (data: unknown): PreviewAnswer | null =>
  previewAnswerSchema.safeParse(data).data ?? null;
