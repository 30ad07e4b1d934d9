import { z } from "zod";

import { MAX_REPORT_VALUES } from "@/lib/domain/report/limits";

import { sharedFormFields } from "./shared-form";

/** A form of a megabyte is refused by the server before it is read. */
const MAX_TEXT = 900_000;

const sourceFields = {
  team: z.string(),
  text: z
    .string()
    .max(MAX_TEXT, "At most 900,000 characters. Choose the text as a file instead.")
    .default(""),
  /** The file that was chosen instead. */
  previewId: z.uuid().optional(),
};

/** A report as text or as an uploaded file. */
export const reportSourceSchema = z
  .object(sourceFields)
  .refine(({ text, previewId }) => previewId !== undefined || text.trim() !== "", {
    path: ["text"],
    error: "Paste the report, or choose its file.",
  });

/** What an analyst ticked: values as the check answered them, told line by line in one field. */
const chosenSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom", message: "Tick at least one value." });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(
        z.strictObject({
          value: z.string().min(1).max(4_000),
          line: z.number().int().min(1),
          context: z.string().max(400),
        }),
      )
      .min(1, "Tick at least one value.")
      .max(MAX_REPORT_VALUES),
  );

/** The ticked values of a report and what they share. */
export const addChosenSchema = z.object({
  team: z.string(),
  chosen: chosenSchema,
  /** Each value's comment ends with the line it stood in. */
  keepsContext: z.string().optional(),
  ...sharedFormFields,
});

/** What the service is asked to add. */
export const toChosenItems = (
  { chosen, keepsContext }: Pick<z.output<typeof addChosenSchema>, "chosen" | "keepsContext">,
  shared: { comment?: string },
): Record<string, unknown>[] =>
  chosen.map(({ value, context }) => ({
    ...shared,
    value,
    comment:
      keepsContext === undefined
        ? (shared.comment ?? "")
        : [shared.comment ?? "", `“${context}”`].filter(Boolean).join(" ").slice(0, MAX_COMMENT_CHARS),
  }));

const MAX_COMMENT_CHARS = 1_000;
