import { z } from "zod";

/** What a comparison of a destination with what was sent found last. */
export const comparisonFoundSchema = z.object({
  standing: z.number(),
  removed: z.number(),
  changed: z.number(),
  /** Accepted, never seen as sent, and shown otherwise. */
  unlike: z.number().default(0),
});
type ComparisonFound = z.output<typeof comparisonFoundSchema>;

/** `asked`: a person asked for it, and it has not begun. */
export const COMPARISON_STATES = ["idle", "asked", "running"] as const;

/** How the comparison of a connector's destination stands. */
export type Comparison = {
  state: (typeof COMPARISON_STATES)[number];
  /** Since when it is asked for or runs; null while neither. */
  since: Date | null;
  /** Who asked for it, as long as it is not done. */
  askedBy: string | null;
  /** What the last one found; null before the first. */
  found: ComparisonFound | null;
};

type Stored = {
  reconcileAskedAt: Date | null;
  reconcileAskedBy: string | null;
  reconcilingSince: Date | null;
  reconcileFound: unknown;
};

/** Reads how a comparison stands. One that began too long ago died with its worker. */
export const readComparison = (stored: Stored, now: Date): Comparison => {
  const { reconcileAskedAt: askedAt, reconcileAskedBy: askedBy, reconcilingSince: runningSince } = stored;
  const found = comparisonFoundSchema.nullable().parse(stored.reconcileFound ?? null);
  if (runningSince !== null && now.getTime() - runningSince.getTime() < LONGEST_COMPARISON_MINUTES * 60_000)
    return { state: "running", since: runningSince, askedBy, found };
  if (askedAt !== null) return { state: "asked", since: askedAt, askedBy, found };
  return { state: "idle", since: null, askedBy: null, found };
};

/** A workspace of 100,000 takes some ten minutes to read. */
export const LONGEST_COMPARISON_MINUTES = 30;
