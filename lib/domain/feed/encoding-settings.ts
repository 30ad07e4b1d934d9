import { z } from "zod";

/** `auto`, or the WHATWG name of an encoding: another label of one (`latin1`, `utf8`) becomes that name. */
export const encodingSchema = z
  .string()
  .trim()
  .max(40)
  .transform((label, context) => {
    if (label.toLowerCase() === "auto") return "auto";
    const name = encodingName(label);
    if (name !== null) return name;
    context.addIssue({
      code: "custom",
      message: `“${label}” is no known encoding. Try auto, utf-8 or windows-1252.`,
    });
    return z.NEVER;
  });

const encodingName = (label: string): string | null => {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};
