import { z } from "zod";

import { previewSchema, proposalSchema } from "@/lib/domain/feed/preview";

const previewAnswerSchema = z.object({
  preview: previewSchema,
  proposal: proposalSchema.nullable(),
});

/** What a preview of a feed answers: its rows with their fate, and how the list seems to be cut. */
export type PreviewAnswer = z.output<typeof previewAnswerSchema>;
export type ShownProposal = z.output<typeof proposalSchema>;

/** Reads the answer of the preview action; `null` for anything that is none. */
export const parsePreviewAnswer = (data: unknown): PreviewAnswer | null =>
  previewAnswerSchema.safeParse(data).data ?? null;
