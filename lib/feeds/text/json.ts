/** Whether a parsed value is an object with named fields. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export type ParsedJson = { ok: true; value: unknown } | { ok: false; reason: string };

/** Parses a text; what is no JSON says why, in the parser's own words. */
export const parseJson = (text: string): ParsedJson => {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    // A text that is nested too deeply for the parser is a RangeError.
    if (error instanceof SyntaxError || error instanceof RangeError)
      return { ok: false, reason: error.message.slice(0, MAX_REASON_CHARS) };
    throw error;
  }
};

const MAX_REASON_CHARS = 200;
