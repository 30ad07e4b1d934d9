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
  /** When it last refused for lack of room since it was read, and how many places were ours then. */
  full: z.object({ at: z.string(), ours: z.number().int() }).nullable().default(null),
  /** The applications whose rights show all of it: only their teams may be told. None: a refusal for lack of room said it. */
  readers: z.array(z.string()),
  /** An application of the destination's own reads it, which an administrator set: every team may be told. */
  shared: z.boolean().default(false),
});
export type KnownCapacity = z.infer<typeof knownCapacitySchema>;

/** `null` is what the team's application may not see. */
export type Capacity = {
  limit: number;
  ours: number;
  otherTeams: number | null;
  foreign: number | null;
  free: number | null;
  /** Places that are kept free. */
  headroom: number;
  /** Whether the application may see what others hold is not known before the first reading. */
  isUnread: boolean;
};

type Options = {
  known: KnownCapacity;
  /** The team's own applications at this destination. */
  clientIds: readonly string[];
  ours: number;
  otherTeams: number;
  headroom: number;
  isUnread: boolean;
};

/**
 * A destination's fill as one team may see it: others are counted only where an application of the team's own could see them.
 * A refusal for lack of room tells everybody that nothing is free.
 */
export const describeCapacity = (options: Options): Capacity => {
  const { known, clientIds, ours, otherTeams, headroom, isUnread } = options;
  const { limit, foreign } = known;
  const isKnownFull = isFull(known);
  if (!maySeeAll(known, clientIds))
    return { limit, ours, ...NOT_SEEN, free: isKnownFull ? 0 : null, headroom, isUnread };
  const free = foreign === null ? null : Math.max(0, limit - ours - otherTeams - foreign);
  return { limit, ours, otherTeams, foreign, free: isKnownFull ? 0 : free, headroom, isUnread: false };
};

const NOT_SEEN = { otherTeams: null, foreign: null };

/** Whether one of the applications, or one for all, could see all that stands at the destination. */
export const maySeeAll = ({ readers, shared }: KnownCapacity, clientIds: readonly string[]): boolean =>
  shared || readers.some((clientId) => clientIds.includes(clientId));

/** What is taken for known of a destination that nobody has looked at. */
export const unknownCapacity = (limit: number): KnownCapacity => ({
  ...{ limit, total: null, foreign: null, readAt: null, full: null, readers: [], shared: false },
});

/**
 * How many records of ours a destination has room for, those that stand included. Where others' records are not visible, a
 * refusal for lack of room says it: what places were ours then are all there are. After a day that is tried again.
 */
export const roomFor = (
  { limit, foreign, full }: KnownCapacity,
  { ours, headroom, now }: { ours: number; headroom: number; now: Date },
): number => {
  const room = Math.max(0, limit - (foreign ?? 0) - headroom);
  if (full === null || now.getTime() - Date.parse(full.at) >= FULL_FOR_MS) return room;
  return Math.min(room, Math.max(full.ours, ours));
};

const FULL_FOR_MS = 24 * 3_600_000;

/** What is left of the knowledge when an application's rights no longer show it what others put there. */
export const withoutReader = (known: KnownCapacity, clientId: string): KnownCapacity => {
  const readers = known.readers.filter((reader) => reader !== clientId);
  if (isSeen({ ...known, readers }) || readers.length === known.readers.length) return { ...known, readers };
  return unseen({ ...known, readers });
};

/** The same for the application that read it for all. */
export const withoutShared = (known: KnownCapacity): KnownCapacity => {
  const left = { ...known, shared: false };
  return isSeen(left) ? left : unseen(left);
};

/** Whether anybody sees what others put there. */
export const isSeen = ({ readers, shared }: KnownCapacity): boolean => shared || readers.length > 0;

const unseen = (known: KnownCapacity): KnownCapacity => ({
  ...known,
  foreign: null,
  total: isFull(known) ? known.total : null,
});

const isFull = ({ total, limit }: KnownCapacity): boolean => total !== null && total >= limit;
