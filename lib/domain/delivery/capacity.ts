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
  /** The applications whose rights show all of it: only their teams may be told. None: a refusal for lack of room said it. */
  readers: z.array(z.string()),
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
  const { limit, foreign, readers } = known;
  const isKnownFull = isFull(known);
  if (!readers.some((clientId) => clientIds.includes(clientId)))
    return { limit, ours, otherTeams: null, foreign: null, free: isKnownFull ? 0 : null };
  const free = foreign === null ? null : Math.max(0, limit - ours - otherTeams - foreign);
  return { limit, ours, otherTeams, foreign, free: isKnownFull ? 0 : free };
};

/** What is left of the knowledge when an application's rights no longer show it what others put there. */
export const withoutReader = (known: KnownCapacity, clientId: string): KnownCapacity => {
  const readers = known.readers.filter((reader) => reader !== clientId);
  if (readers.length > 0 || readers.length === known.readers.length) return { ...known, readers };
  return { ...known, readers, foreign: null, total: isFull(known) ? known.total : null };
};

const isFull = ({ total, limit }: KnownCapacity): boolean => total !== null && total >= limit;
