import { z } from "zod";

/** What a stream of a run or a push says: always the whole state. The route that sends it uses this schema too. */
export const progressMessageSchema = z.object({
  /** The state's own word: "running", "done", "held" … */
  state: z.string(),
  /** Nothing more will come. */
  isFinal: z.boolean(),
  done: z.number().int().nonnegative(),
  /** `null`: not known yet. */
  total: z.number().int().nonnegative().nullable(),
  /** One sentence: what is happening, or what was done. */
  sentence: z.string(),
  tone: z.enum(["info", "success", "warning", "danger"]),
  /** Figures beside the bar: accepted, failed, removed … */
  counts: z.record(z.string(), z.number().int()).optional(),
});
export type ProgressMessage = z.output<typeof progressMessageSchema>;

/** Reads a message; `null` for anything that is none. */
export const parseProgressMessage = (data: unknown): ProgressMessage | null =>
  progressMessageSchema.safeParse(data).data ?? null;
