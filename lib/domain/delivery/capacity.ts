import { z } from "zod";

/** What is known of a destination's fill, as it is kept with the destination. */
export const knownCapacitySchema = z.object({
  limit: z.number().int(),
  /** All that stands there, whoever put it there; null until somebody could see it. */
  total: z.number().int().nullable(),
  /** What no connector of ours made. */
  foreign: z.number().int().nullable(),
  /** ISO time of what `total` says. */
  readAt: z.string().nullable(),
  /** The application that saw it all: only its team may be told. Null: a refusal for lack of room said it. */
  readBy: z.string().nullable(),
});
export type KnownCapacity = z.infer<typeof knownCapacitySchema>;

/** `null` is what the team's application may not see. */
export type Capacity = {
  limit: number;
  ours: number;
  otherTeams: number | null;
  foreign: number | null;
  free: number | null;
};

type Options = {
  known: KnownCapacity;
  /** The team's own applications at this destination. */
  clientIds: readonly string[];
  ours: number;
  otherTeams: number;
};

/**
 * A destination's fill as one team may see it: others are counted only where an application of the team's own could see them.
 * A refusal for lack of room tells everybody that nothing is free.
 */
export const describeCapacity = ({ known, clientIds, ours, otherTeams }: Options): Capacity => {
  const { limit, total, foreign, readBy } = known;
  const isFull = total !== null && total >= limit;
  if (readBy === null || !clientIds.includes(readBy))
    return { limit, ours, otherTeams: null, foreign: null, free: isFull ? 0 : null };
  const free = foreign === null ? null : Math.max(0, limit - ours - otherTeams - foreign);
  return { limit, ours, otherTeams, foreign, free };
};
