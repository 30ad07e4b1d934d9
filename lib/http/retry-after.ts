const HOUR_MS = 60 * 60 * 1000;

/**
 * How long a server asked us to wait, in milliseconds from `now`: its Retry-After header (seconds or a date), else the
 * sentence of its message ("Try again in 12 seconds", "again in 8 seconds"). Between one second and `longestMs`, an hour
 * where nothing is said of it; null if it names no time.
 */
export const retryAfterMs = (
  header: string | null,
  message: string,
  now: Date,
  longestMs = HOUR_MS,
): number | null => {
  const asked = fromHeader(header, now) ?? fromSentence(message);
  // Zero or a date gone by still means "not at once".
  return asked === null ? null : Math.min(Math.max(asked, 1000), longestMs);
};

const fromHeader = (header: string | null, now: Date): number | null => {
  const text = header?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Date.parse reads many things as dates ("-5" is one); an HTTP date begins with the day's name.
  if (!/^[a-z]{3,9},? /i.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at - now.getTime();
};

const fromSentence = (message: string): number | null => {
  const match =
    /\bagain in (\d{1,6}) ?(s|min|h)/i.exec(message) ?? /\bin (\d{1,6}) ?(s|min|h)/i.exec(message);
  const unitMs = UNITS_MS.get((match?.[2] ?? "").toLowerCase());
  return match?.[1] === undefined || unitMs === undefined ? null : Number(match[1]) * unitMs;
};

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["min", 60_000],
  ["h", 3_600_000],
]);
