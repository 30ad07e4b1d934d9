import type { HeaderMap } from "./outgoing-headers";

const HOUR_MS = 60 * 60 * 1000;

/**
 * How long a server asked us to wait, in milliseconds: its Retry-After header (seconds or a date), else the sentence of its message
 * ("Try again in 12 seconds", "again in 8 seconds"). A date is one of the server's clock, so that it is measured from the answer's own
 * Date; from `now` where the answer has none. Between one second and `longestMs`, an hour where nothing is said of it; null if it
 * names no time.
 */
export const retryAfterMs = (
  headers: HeaderMap,
  message: string,
  now: Date,
  longestMs = HOUR_MS,
): number | null => {
  const asked = fromHeaders(headers, now) ?? fromSentence(message);
  // Zero or a date gone by still means "not at once".
  return asked === null ? null : Math.min(Math.max(asked, 1000), longestMs);
};

const fromHeaders = ({ "retry-after": asked = "", date = "" }: HeaderMap, now: Date): number | null => {
  const text = asked.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const at = fromHttpDate(text);
  return at === null ? null : at - (fromHttpDate(date.trim()) ?? now.getTime());
};

const fromHttpDate = (text: string): number | null => {
  // Date.parse reads many things as dates ("-5" is one); an HTTP date begins with the day's name.
  if (!/^[a-z]{3,9},? /i.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
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
