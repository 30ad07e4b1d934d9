/**
 * The moment that a date cell names: ISO 8601 and its usual loose forms, US dates with or without AM/PM, RFC 5322, Unix
 * seconds or milliseconds. Without a zone it is UTC. Undefined for everything else; never the machine's own zone.
 */
export const parseDate = (cell: string): Date | undefined => {
  const text = cell.trim();
  if (text === "") return undefined;
  return plausible(fromEpoch(text) ?? fromIso(text) ?? fromUs(text) ?? fromMail(text));
};

const fromEpoch = (text: string): number | undefined => {
  const match = EPOCH.exec(text);
  if (!match) return undefined;
  return match[1] === undefined ? Number(text) * 1_000 : Number(match[1]);
};

const fromIso = (text: string): number | undefined => {
  const groups = ISO.exec(text)?.groups;
  if (!groups) return undefined;
  const { year, month, day, hour, minute, second, fraction, zone } = groups;
  const millis = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000);
  const time = utc(year, month, day, hour, minute, second);
  return time === undefined ? undefined : time + millis - zoneMs(zone);
};

const fromUs = (text: string): number | undefined => {
  const groups = US.exec(text)?.groups;
  if (!groups) return undefined;
  const { year, month, day, hour, minute, second, half } = groups;
  if (half === undefined) return utc(year, month, day, hour, minute, second);
  const twelve = Number(hour);
  if (twelve < 1 || twelve > 12) return undefined;
  const hours = (twelve % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  return utc(year, month, day, String(hours), minute, second);
};

/** RFC 5322 always names its zone, so the built-in reader is safe for it. */
const fromMail = (text: string): number | undefined => (MAIL.test(text) ? Date.parse(text) : undefined);

const utc = (
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  hour = "0",
  minute = "0",
  second = "0",
): number | undefined => {
  const time = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const date = new Date(time);
  // `Date.UTC` rolls over: 31 April would quietly become 1 May.
  const isReal =
    date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(hour) < 24;
  return isReal && Number(minute) < 60 && Number(second) < 60 ? time : undefined;
};

const zoneMs = (zone: string | undefined): number => {
  const match = zone === undefined ? null : OFFSET.exec(zone);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === "-" ? -minutes : minutes) * 60_000;
};

const plausible = (time: number | undefined): Date | undefined =>
  time === undefined || Number.isNaN(time) || time < EARLIEST || time >= LATEST ? undefined : new Date(time);

const EARLIEST = Date.UTC(1980, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);
const EPOCH = /^(?:(\d{12,13})|\d{9,10}(?:\.\d{1,9})?)$/;
const ISO =
  /^(?<year>\d{4})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})(?:[T ]{1,2}(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?)?\s?(?<zone>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?$/i;
const US =
  /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})(?:,? (?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?(?: ?(?<half>[ap]m))?)?$/i;
const OFFSET = /^([+-])(\d{2}):?(\d{2})?$/;
const MAIL = /^(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|gmt|utc|z)$/i;
