import { z } from "zod";

import type { MispAttribute } from "@/lib/feeds/formats/misp/wire";

/** What a run leaves for the next. */
export type ServerState = {
  version: 1;
  /** What was asked for and where; after a change of it everything is asked for anew. */
  fingerprint: string;
  /** The newest times seen, in seconds: of an attribute, and of an event's publication. */
  marks: Marks;
  /** When everything was asked for last. */
  fullAt: string;
};
type Marks = { changed: number | null; published: number | null };

/** The state that an earlier run with the same filters left; null for any other. */
export const readState = (state: unknown, fingerprint: string): ServerState | null => {
  const { data } = stateSchema.safeParse(state);
  return data?.fingerprint === fingerprint ? data : null;
};

/** Whether everything is to be asked for: at night, and when nothing tells where the changes begin. */
export const isFullDue = (state: ServerState, now: Date): boolean =>
  state.marks.changed === null || now.getTime() - Date.parse(state.fullAt) >= FULL_EVERY_MS;

/** From when on changes are asked for: some minutes before the mark, since what was written then may have been seen late. */
export const sinceOf = (mark: number): number => Math.max(mark - OVERLAP_SECONDS, 1);

/** Moves the marks to the newest times seen; times that lie ahead, by a wrong clock, would hide what comes until then. */
export const createMarks = (now: Date, start: Marks = { changed: null, published: null }) => {
  const marks = { ...start };
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const latest = (mark: number | null, time: number | null): number | null =>
    time === null ? mark : Math.max(mark ?? 0, Math.min(time, nowSeconds));
  return {
    see: ({ timestamp, event }: MispAttribute): void => {
      marks.changed = latest(marks.changed, timestamp);
      marks.published = latest(marks.published, event?.publishTimestamp ?? null);
    },
    marks: (): Marks => ({ ...marks }),
  };
};

const mark = z.number().int().nullable();
const stateSchema = z.object({
  version: z.literal(1),
  fingerprint: z.string(),
  marks: z.object({ changed: mark, published: mark }),
  fullAt: z.iso.datetime(),
});
const OVERLAP_SECONDS = 10 * 60;
// A little less than a day, so that a feed that runs once an hour does not drift from night into day.
const FULL_EVERY_MS = 20 * 60 * 60_000;
