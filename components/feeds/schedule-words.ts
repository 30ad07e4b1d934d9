const HOUR = 60;
const DAY = 24 * HOUR;

/** A feed's schedule in words: its interval, or its cron line with the time zone it is read in. */
export const describeWhen = (feed: {
  kind: string;
  everyMinutes: number | null;
  cron: string | null;
  timeZone: string | null;
}): string => {
  if (feed.kind === "subscription") return "Follows its source";
  return feed.cron === null
    ? describeSchedule(feed.everyMinutes)
    : `${feed.cron} (${feed.timeZone ?? "UTC"})`;
};

/** When a feed runs that has no next run planned. */
export const describeUnplanned = (kind: string): string =>
  kind === "subscription" ? "with its source" : "none planned";

/** 60 → "Every hour", 45 → "Every 45 min", null → "Only by hand". Takes minutes. */
export const describeSchedule = (everyMinutes: number | null): string => {
  if (everyMinutes === null) return "Only by hand";
  if (everyMinutes % DAY === 0)
    return everyMinutes === DAY ? "Every day" : `Every ${String(everyMinutes / DAY)} days`;
  if (everyMinutes % HOUR === 0)
    return everyMinutes === HOUR ? "Every hour" : `Every ${String(everyMinutes / HOUR)} h`;
  return `Every ${String(everyMinutes)} min`;
};

/** The intervals offered in a form, in minutes. */
export const SCHEDULES = [15, 30, 60, 120, 240, 360, 720, 1_440] as const;
