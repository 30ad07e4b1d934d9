import { AppError } from "@/lib/domain/errors";

/**
 * The one file of an archive that is read: the only one there is, or the one that the settings name (whole path, bare name,
 * or a pattern with `*`). Throws an AppError that lists the names when that is none or several.
 */
export const chooseEntry = <Entry extends { name: string }>(
  entries: readonly Entry[],
  wanted: string | null,
): Entry => {
  const files = entries.filter(({ name }) => !isLitter(name));
  if (files.some(({ name }) => name === OFFICE_PART)) throw workbook();
  if (files.length === 0)
    throw new AppError("upstream_rejected", "The zip archive holds no file. Nothing was changed.");
  const found = wanted === null ? files : findWanted(files, wanted);
  const [entry, ...others] = found;
  if (entry && others.length === 0) return entry;
  throw undecided(wanted, found.length === 0 ? files : found, found.length === 0);
};

const findWanted = <Entry extends { name: string }>(
  files: readonly Entry[],
  wanted: string,
): readonly Entry[] => {
  const exact = files.filter(({ name }) => name === wanted);
  if (exact.length > 0) return exact.slice(-1);
  const fits = (text: string): boolean => matchesPattern(text, wanted);
  return files.filter(({ name }) => fits(name) || fits(baseName(name)));
};

/** Whether `*` in the pattern can stand for something that makes it the text; case matters. */
const matchesPattern = (text: string, pattern: string): boolean => {
  const [start = "", ...rest] = pattern.split("*");
  const end = rest.pop();
  if (end === undefined) return text === pattern;
  if (!text.startsWith(start) || !text.endsWith(end)) return false;
  let at = start.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= text.length - end.length;
};

const undecided = (wanted: string | null, files: readonly { name: string }[], isNone: boolean): AppError => {
  const count = `${files.length.toLocaleString("en-US")} ${files.length === 1 ? "file" : "files"}`;
  const what =
    wanted === null
      ? `The zip archive holds ${count}`
      : isNone
        ? `No file in the zip archive fits “${wanted}”; it holds ${count}`
        : `${count} in the zip archive fit “${wanted}”`;
  const detail = `${what}: ${listNames(files)}. Name the one to read, or a pattern with * that only one fits.`;
  return new AppError("invalid_input", detail, { fields: [{ pointer: "/zipEntry", detail }] });
};

const listNames = (files: readonly { name: string }[]): string => {
  const shown = files.slice(0, MAX_NAMES).map(({ name }) => name.slice(0, MAX_NAME_CHARACTERS));
  const more = files.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more.toLocaleString("en-US")} more` : "");
};

/** What macOS and Windows put into archives beside the files that were meant. */
const isLitter = (name: string): boolean =>
  name.endsWith("/") || name.startsWith("__MACOSX/") || LITTER.has(baseName(name).toLowerCase());

const baseName = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

const workbook = (): AppError =>
  new AppError(
    "upstream_rejected",
    "This is an Office document, such as an Excel workbook, not a list. Save the sheet as CSV and use that.",
  );

const OFFICE_PART = "[Content_Types].xml";
const LITTER = new Set([".ds_store", "thumbs.db", "desktop.ini"]);
const MAX_NAMES = 20;
const MAX_NAME_CHARACTERS = 100;
