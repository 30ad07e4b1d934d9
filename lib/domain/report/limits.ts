/** An e-mail with its files; a text as long as this is no report. */
export const MAX_REPORT_BYTES = 25 * 1024 * 1024;
/** More text than this is read by nobody, and takes a server seconds. */
export const MAX_REPORT_CHARS = 2_000_000;
/** A table of more is no help to whoever ticks it. */
export const MAX_REPORT_VALUES = 2_000;
