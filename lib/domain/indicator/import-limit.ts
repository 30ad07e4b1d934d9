/** A file of as many rows as are added at once is smaller than this. */
export const MAX_IMPORT_BYTES = 10 * 1024 * 1024;
