import { Cron } from "croner";
import { z } from "zod";

/** A cron line of five fields: minute, hour, day of month, month, day of week. */
export const cronSchema = z
  .string()
  .trim()
  .max(100)
  .superRefine((line, context) => {
    const problem = whyNoCron(line);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });

/** An IANA time zone, such as Europe/Berlin. */
export const timeZoneSchema = z
  .string()
  .trim()
  .max(60)
  .refine(isTimeZone, "Give a time zone by its IANA name, such as Europe/Berlin or UTC.");

/** Once in five minutes, as for a feed that is fetched every N minutes. */
const LEAST_GAP_MS = 5 * 60_000;

const whyNoCron = (line: string): string | null => {
  if (line.split(/\s+/).length !== 5)
    return "A cron line has five fields: minute, hour, day of month, month, day of week.";
  try {
    const runs = new Cron(line, { timezone: "UTC", paused: true }).nextRuns(
      10,
      new Date(Date.UTC(2026, 0, 1)),
    );
    if (runs.length === 0) return "This cron line never comes due.";
    const isTooOften = runs.some((run, index) => {
      const next = runs[index + 1];
      return next !== undefined && next.getTime() - run.getTime() < LEAST_GAP_MS;
    });
    return isTooOften ? "No more often than every five minutes." : null;
  } catch (error) {
    return `This is no cron line: ${error instanceof Error ? error.message : "it cannot be read"}.`;
  }
};

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
