import { AppError } from "@/lib/domain/errors";

/** What zlib threw, as a sentence about the `subject`; anything else as it is. */
export const describeZlibFailure = (error: unknown, subject: string): unknown => {
  const code = codeOf(error);
  if (code === "Z_BUF_ERROR") return cutOff(subject, error);
  return code.startsWith("Z_") ? damaged(subject, error) : error;
};

/** What zlib or the reader of archives (whose errors have no codes) threw while it read a complete file. */
export const describeArchiveFailure = (error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  if (NO_END.test(error.message)) return cutOff(ARCHIVE, error);
  if (ENCRYPTED.test(error.message)) return encrypted(ARCHIVE);
  if (codeOf(error) === "") return damaged(ARCHIVE, error);
  return describeDiskFailure(describeZlibFailure(error, ARCHIVE));
};

/** What the disk for temporary files threw; anything else as it is. */
export const describeDiskFailure = (error: unknown): unknown => {
  const why = DISK.get(codeOf(error));
  if (why === undefined || error instanceof AppError) return error;
  return new AppError(
    "upstream_unavailable",
    `The zip archive could not be unpacked: ${why}. Nothing was changed. ` +
      "An operator can make room there, or name another directory in TMPDIR.",
    { retry: "later", cause: error },
  );
};

/** The failure of a file that only a password opens. */
export const encrypted = (subject: string): AppError =>
  new AppError(
    "upstream_rejected",
    `The ${subject} is encrypted. Sluice opens no files with a password: publish it without one.`,
  );

/** The failure of a file of which the end is missing, or other than it should be. */
export const cutOff = (subject: string, cause?: unknown): AppError =>
  new AppError("upstream_unavailable", `The ${subject} ends before it is complete, or is damaged.`, {
    retry: "later",
    cause,
  });

const damaged = (subject: string, cause: unknown): AppError =>
  new AppError(
    "upstream_rejected",
    `The ${subject} is damaged and cannot be unpacked. Nothing was changed.`,
    {
      cause,
    },
  );

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

const ARCHIVE = "zip archive";
const NO_END = /end of central directory|unexpected EOF/i;
const ENCRYPTED = /encrypt/i;
const FULL = "the disk for temporary files on this server is full";
const CLOSED = "the directory for temporary files on this server cannot be written to";
const BUSY = "this server has too many files open";
const DISK: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", FULL],
  ["EDQUOT", FULL],
  ["EFBIG", "it is larger than a temporary file on this server may be"],
  ["EIO", "the disk for temporary files on this server fails"],
  ["EMFILE", BUSY],
  ["ENFILE", BUSY],
  ["EACCES", CLOSED],
  ["EPERM", CLOSED],
  ["EROFS", CLOSED],
  ["ENOENT", CLOSED],
  ["ENOTDIR", CLOSED],
]);
