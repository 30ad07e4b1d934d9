const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Largest unit that fits, and up to where it is used: "59 min", "23 hr", "13 days", then weeks, months, years. */
const STEPS: readonly { unit: Intl.RelativeTimeFormatUnit; ms: number; below: number }[] = [
  { unit: "second", ms: 1_000, below: MINUTE },
  { unit: "minute", ms: MINUTE, below: HOUR },
  { unit: "hour", ms: HOUR, below: DAY },
  { unit: "day", ms: DAY, below: 14 * DAY },
  { unit: "week", ms: 7 * DAY, below: 60 * DAY },
  { unit: "month", ms: 30.44 * DAY, below: 365 * DAY },
];
const YEAR_MS = 365.25 * DAY;
const NOW_MS = 10_000;

const relative = new Intl.RelativeTimeFormat("en-GB", { style: "short" });

/** "4 min ago", "in 12 days". Rounds towards now, so that an age or a rest is never overstated; free of any zone. */
export const formatRelative = (at: Date, now: Date): string => {
  const difference = at.getTime() - now.getTime();
  const size = Math.abs(difference);
  if (size < NOW_MS) return "just now";
  const step = STEPS.find(({ below }) => size < below);
  return relative.format(Math.trunc(difference / (step?.ms ?? YEAR_MS)), step?.unit ?? "year");
};

/** "24 Nov 2026, 14:05:09 UTC". The zone is an IANA name; without one it is UTC. */
export const formatExact = (at: Date, timeZone = "UTC"): string => {
  let format = exact.get(timeZone);
  if (!format) exact.set(timeZone, (format = toFormat(timeZone)));
  return format.format(at);
};

// Kept: to make one takes as long as to format hundreds of times with it, and a list has a hundred times on it. A page knows
// the reader's zone and UTC.
const exact = new Map<string, Intl.DateTimeFormat>();

const toFormat = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone,
    timeZoneName: "short",
  });

/** What stands behind a relative time: the reader's own zone first, UTC below; one line where both are the same. */
export const formatExactBoth = (at: Date, timeZone: string | null): string => {
  const utc = formatExact(at);
  if (timeZone === null) return utc;
  const local = formatExact(at, timeZone);
  return local === utc ? utc : `${local} (${timeZone})\n${utc}`;
};

/** 850 → "850 ms", 8200 → "8.2 s", 128000 → "2 min 8 s". */
export const formatDuration = (durationMs: number): string => {
  if (durationMs < 1_000) return `${String(Math.round(durationMs))} ms`;
  if (durationMs < 10_000) return `${(Math.floor(durationMs / 100) / 10).toFixed(1)} s`;
  if (durationMs < MINUTE) return `${String(Math.floor(durationMs / 1_000))} s`;
  const [big, bigName, small, smallName] =
    durationMs < HOUR ? ([MINUTE, "min", 1_000, "s"] as const) : ([HOUR, "h", MINUTE, "min"] as const);
  const rest = Math.floor((durationMs % big) / small);
  return `${String(Math.floor(durationMs / big))} ${bigName}${rest === 0 ? "" : ` ${String(rest)} ${smallName}`}`;
};
