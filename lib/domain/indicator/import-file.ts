/** A file of as many rows as are added at once is smaller than this. */
export const MAX_IMPORT_BYTES = 10 * 1024 * 1024;

/** What such a file may be. */
export const LOCAL_FILE_FORMATS = ["csv", "json", "stix", "text"] as const;
export type LocalFileFormat = (typeof LOCAL_FILE_FORMATS)[number];
