import { z } from "zod";

import { parseText } from "@/lib/domain/indicator/extract";
import { MAX_LOCAL_ITEMS } from "@/lib/domain/indicator/local";

import { sharedFormFields, toShared } from "./shared-form";

/** A form of a megabyte is refused by the server before it is read; hashes of ten thousand files take two thirds. */
const MAX_TEXT = 900_000;

export const pastedTextSchema = z
  .string()
  .max(MAX_TEXT, "At most 900,000 characters at once.")
  .refine((text) => text.trim() !== "", "Paste at least one value.");

/** The form that adds indicators: the pasted text and what all of it shares. */
export const addFormSchema = z
  .object({
    team: z.string(),
    text: pastedTextSchema,
    ...sharedFormFields,
  })
  .transform((form, context) => {
    const parsed = parseText(form.text);
    const count = parsed.indicators.length + parsed.rejected.length;
    if (count <= MAX_LOCAL_ITEMS) return { ...form, parsed };
    const message = `These are ${count.toLocaleString("en")} values; at most ${MAX_LOCAL_ITEMS.toLocaleString("en")} at once. Make a feed of a list as long as this.`;
    context.addIssue({ code: "custom", path: ["text"], message });
    return z.NEVER;
  });

type Item = {
  line: number;
  original: string;
  /** Why the text is no indicator; null where it is one. */
  reason: string | null;
  item: Record<string, unknown>;
};

/** What the service is asked to add, in the order of the lines; what is no indicator goes along to be counted. */
export const toItems = (form: z.output<typeof addFormSchema>, now: Date): Item[] => {
  const { parsed } = form;
  const shared = toShared(form, now);
  const good = parsed.indicators.map(({ line, original, type, value, port }): Item => {
    // The way it was written holds the port, which stays as context.
    const item = port === undefined ? { ...shared, value, type } : { ...shared, value: original };
    return { line, original, reason: null, item };
  });
  const bad = parsed.rejected.map(({ line, original, reason }): Item => ({
    line,
    original,
    reason,
    item: { ...shared, value: original },
  }));
  return [...good, ...bad].sort((one, other) => one.line - other.line);
};
