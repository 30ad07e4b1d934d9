import { describe, expect, it } from "vitest";

import type { Capacity } from "./capacity";
import { judgeFit } from "./plan-fit";

const visible = (free: number): Capacity => ({
  limit: 100,
  ours: 0,
  otherTeams: 0,
  foreign: 100 - free,
  free,
  headroom: 0,
  isUnread: false,
});
const hidden = (free: 0 | null): Capacity => ({
  ...{ limit: 100, ours: 0, otherTeams: null, foreign: null, free, headroom: 0, isUnread: false },
});

const judge = (
  capacity: Capacity,
  {
    add = 0,
    remove = 0,
    made = add,
    ended = remove,
  }: Partial<Record<"add" | "remove" | "made" | "ended", number>>,
) => judgeFit({ capacity, counts: { add, remove }, records: { made, ended } });

describe("judgeFit", () => {
  it("has nothing to say where all fits", () => {
    expect(judge(visible(30), { add: 30 })).toMatchObject({ needed: 30, refused: 0, warning: null });
    expect(judge(visible(0), { remove: 5 })).toMatchObject({ needed: 0, refused: 0, warning: null });
  });

  it("says how many would be refused, why, and what to do", () => {
    const fit = judge(visible(10), { add: 36 });
    expect(fit).toMatchObject({ free: 10, needed: 36, refused: 26 });
    expect(fit.warning).toMatch(/^26 of 36 new indicators would be refused: 10 of 100 places are free\. /);
    expect(fit.warning).toContain("then plan again");
  });

  it("counts the places that removals give back, since these are sent first", () => {
    expect(judge(visible(10), { add: 36, remove: 30 })).toMatchObject({ refused: 0 });
    expect(judge(visible(0), { add: 36, remove: 30 }).warning).toContain("removing gives back 30");
  });

  it("counts no place twice that another team's record takes already, where that may be told", () => {
    expect(judge(visible(10), { add: 12, made: 10 })).toMatchObject({ needed: 10, refused: 0 });
    expect(judge(visible(0), { add: 1, remove: 1, ended: 0 })).toMatchObject({ freed: 0, refused: 1 });
  });

  it("says nothing of others' records where they are not visible, and warns of a destination that said it is full", () => {
    expect(judge(hidden(null), { add: 12, made: 10 })).toMatchObject({
      free: null,
      needed: 12,
      refused: null,
      warning: null,
    });
    const fit = judge(hidden(0), { add: 12, made: 10, remove: 2 });
    expect(fit).toMatchObject({ needed: 12, freed: 2, refused: 10 });
    expect(fit.warning).toMatch(
      /^About 10 of 12 new indicators .* all 100 places are taken, and removing gives back 2/,
    );
  });
});
