import type { Choice } from "./budget";
import type { Wishes } from "./wishes";

/** Places that a choice takes away, gives, and leaves as they are. */
export type Shift = { leave: number; come: number; stay: number };

/** What another choice changes: for the destination, where a record counts once, and for each team and feed that has a part in it. */
export type Shifts = Shift & {
  /** Of those that leave, how many stand there. */
  standing: number;
  teams: ReadonlyMap<string, Shift>;
  feeds: ReadonlyMap<string, Shift>;
};

type Before = {
  /** Which wishes had a place so far. */
  wasChosen: Uint8Array;
  standing: ReadonlySet<number>;
};

/** Compares a choice with what had a place so far. */
export const compareChoices = (
  wishes: Wishes,
  { codes, groups: { firsts, next } }: Pick<Choice, "codes" | "groups">,
  { wasChosen, standing }: Before,
): Shifts => {
  const all = { ...NOTHING, standing: 0 };
  const teams = wishes.teamIds.map(() => ({ ...NOTHING }));
  const feeds = wishes.feedIds.map(() => ({ ...NOTHING }));
  for (const first of firsts) {
    const ofRecord = createParts();
    const ofTeams = createParts();
    const ofFeeds = createParts();
    for (let wish = first; wish >= 0; wish = next[wish] ?? -1) {
      const part = (wasChosen[wish] === 1 ? HAD : 0) | (codes[wish] === 0 ? HAS : 0);
      ofRecord.add(0, part);
      ofTeams.add(wishes.teams[wish] ?? 0, part);
      ofFeeds.add(wishes.feeds[wish] ?? 0, part);
    }
    ofRecord.forEach((_, part) => {
      count(all, part);
      if (part === HAD && standing.has(wishes.records[first] ?? 0)) all.standing += 1;
    });
    ofTeams.forEach((team, part) => {
      count(teams[team], part);
    });
    ofFeeds.forEach((feed, part) => {
      count(feeds[feed], part);
    });
  }
  return { ...all, teams: named(wishes.teamIds, teams), feeds: named(wishes.feedIds, feeds) };
};

const NOTHING: Shift = { leave: 0, come: 0, stay: 0 };
/** A part in a record had a place before, and has one now. */
const HAD = 1;
const HAS = 2;

/** Of one record, who has which part in it: one who wants it twice has it once. */
const createParts = () => {
  const parts = new Map<number, number>();
  return {
    add: (who: number, part: number): void => {
      parts.set(who, (parts.get(who) ?? 0) | part);
    },
    forEach: (run: (who: number, part: number) => void): void => {
      for (const [who, part] of parts) run(who, part);
    },
  };
};

const count = (shift: Shift | undefined, part: number): void => {
  if (!shift) return;
  if (part === HAD) shift.leave += 1;
  else if (part === HAS) shift.come += 1;
  else if (part === (HAD | HAS)) shift.stay += 1;
};

const named = (ids: readonly string[], shifts: readonly Shift[]): ReadonlyMap<string, Shift> =>
  new Map(ids.flatMap((id, place) => (shifts[place] ? [[id, shifts[place]] as const] : [])));
