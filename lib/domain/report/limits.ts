import { AppError } from "../errors";

/** An e-mail with its files; a text as long as this is no report. */
export const MAX_REPORT_BYTES = 25 * 1024 * 1024;
/** More text than this is read by nobody, and takes a server seconds. */
const MAX_REPORT_CHARS = 2_000_000;
/** A table of more is no help to whoever ticks it. */
export const MAX_REPORT_VALUES = 2_000;

/** Throws `invalid_input` for more text than is read at once. */
export const refuseLength = (chars: number): void => {
  if (chars > MAX_REPORT_CHARS)
    throw new AppError(
      "invalid_input",
      `The text has ${chars.toLocaleString("en-US")} characters; at most ${MAX_REPORT_CHARS.toLocaleString("en-US")} are read at once. Paste the part that matters.`,
    );
};
