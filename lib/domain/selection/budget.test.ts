import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { choose as chooseWishes, cutOf, tellChoice, type Budget, type Cut } from "./budget";
import { budgetSettingsSchema, standingBonus } from "./budget-settings";
import type { Points } from "./score";
import { compareChoices } from "./shift";
import { createWishes } from "./wishes";

type Wanted = { teamId: string; feedId: string; record: string; key: string; points: Points };
type Choice = { cuts: readonly (Cut | null)[]; wanted: number; chosen: number };
type Standing = { standing: ReadonlySet<string>; held: ReadonlySet<string> };

/** Names as the numbers and ids that a choice is made by; ids stand in the order of the names. */
const numberOf = (name: string): number => Buffer.from(name).reduce((sum, one) => sum * 128 + one, 1);
const idOf = (name: string): string => {
  const digits = Buffer.from(name.padEnd(8, "\0")).toString("hex");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-8000-000000000000`;
};
const bookOf = (wanted: readonly Wanted[]) => {
  const book = createWishes();
  for (const { record, key, ...wish } of wanted)
    book.add({ ...wish, record: numberOf(record), key: idOf(key) });
  return book.wishes();
};
const choice = (wanted: readonly Wanted[], limits: Budget, { standing, held }: Standing) => {
  const places = { standing: new Set([...standing].map(numberOf)), held: new Set([...held].map(numberOf)) };
  return chooseWishes(bookOf(wanted), limits, places);
};
type Made = ReturnType<typeof chooseWishes>;
const read = (wanted: readonly Wanted[], made: Made): Choice => ({
  cuts: wanted.map((_, wish) => cutOf(made, wish)),
  wanted: made.wanted,
  chosen: made.chosen,
});
const choose = (wanted: readonly Wanted[], limits: Budget, places: Standing): Choice =>
  read(wanted, choice(wanted, limits, places));

const NOTHING = { standing: new Set<string>(), held: new Set<string>() };
/** A score that is one number. */
const NOTHING_ELSE = { severity: 0, recency: 0, type: 0, sources: 0 };
const budget = (other: Partial<Budget> = {}): Budget => ({
  room: 0,
  weights: { confidence: 1, ...NOTHING_ELSE },
  bonus: 0,
  teams: {},
  feeds: {},
  ...other,
});
const wish = (key: string, score: number, other: Partial<Wanted> = {}): Wanted => ({
  ...{ teamId: "a", feedId: "f", record: key, key, points: { confidence: score, ...NOTHING_ELSE } },
  ...other,
});
const chosenOf = (wanted: readonly Wanted[], { cuts }: Choice): string[] =>
  wanted.flatMap(({ key }, index) => (cuts[index] === null ? [key] : []));

/** The same on every machine: numbers that look like chance. */
const createChance = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

/** Three teams with 40,000 candidates, the third with the poorest. */
const makeCandidates = (count: number): Wanted[] => {
  const chance = createChance(7);
  return Array.from({ length: count }, (_, index) => {
    const teamId = ["a", "b", "c"][index % 3] ?? "a";
    const points = {
      confidence: teamId === "c" ? chance(15) : 20 + chance(81),
      severity: [0, 33, 67, 100][chance(4)] ?? 0,
      recency: 25 * chance(5),
      type: 25 + 25 * chance(4),
      sources: 25 * chance(5),
    };
    const key = index.toString(36).padStart(4, "0") + chance(0xffff).toString(16).padStart(4, "0");
    return wish(key, 0, { points, teamId, feedId: `feed ${teamId}${String(chance(4))}` });
  });
};
const FLOOR = { floor: 2_000, ceiling: null };
const SETTINGS = budgetSettingsSchema.parse({ headroom: 300 });
const TENANT = budget({
  room: 15_000 - 1_200 - SETTINGS.headroom,
  weights: SETTINGS.weights,
  bonus: standingBonus(SETTINGS),
  teams: { a: FLOOR, b: FLOOR, c: FLOOR },
});

describe("a tenant of 15,000 with 1,200 foreign, 300 headroom, three floors of 2,000 and 40,000 candidates", () => {
  const wanted = makeCandidates(40_000);
  const choice = choose(wanted, TENANT, NOTHING);

  it("has exactly 13,500 chosen, and each floor met", () => {
    expect(chosenOf(wanted, choice)).toHaveLength(13_500);
    expect(choice).toMatchObject({ wanted: 40_000, chosen: 13_500 });
    for (const team of ["a", "b", "c"]) {
      const own = wanted.filter(({ teamId }, index) => teamId === team && choice.cuts[index] === null);
      expect(own.length).toBeGreaterThanOrEqual(2_000);
    }
  });

  it("gives every other one reason, and a rank of its own behind the cut", () => {
    const cuts = choice.cuts.filter((cut) => cut !== null);
    expect(new Set(cuts.map(({ code }) => code))).toEqual(new Set(["over-budget"]));
    expect(new Set(cuts.map(({ cut }) => cut))).toEqual(new Set([13_500]));
    expect(cuts.map(({ rank }) => rank).sort((one, other) => one - other)).toEqual(
      Array.from({ length: 26_500 }, (_, index) => 13_501 + index),
    );
  });

  it("is byte-equal when it is made again, whatever order the candidates come in", () => {
    expect(JSON.stringify(choose(wanted, TENANT, NOTHING))).toBe(JSON.stringify(choice));
    const turned = wanted.toReversed();
    const again = choose(turned, TENANT, NOTHING);
    expect(again.cuts.toReversed()).toEqual(choice.cuts);
  });

  it("replaces fewer than 1 % of the chosen when the confidence of every one moves by one", () => {
    const before = new Set(chosenOf(wanted, choice));
    const chance = createChance(11);
    const noisy = wanted.map(({ points, ...one }) => ({
      ...one,
      points: { ...points, confidence: moved(points.confidence, chance(2) === 0 ? -1 : 1) },
    }));

    expect(noisy.filter(({ points }, at) => points.confidence === wanted[at]?.points.confidence)).toEqual([]);
    const after = choose(noisy, TENANT, { standing: before, held: new Set() });

    const replaced = chosenOf(noisy, after).filter((key) => !before.has(key));
    expect(after.chosen).toBe(13_500);
    expect(replaced.length).toBeLessThan(135);
  });
});

/** By as much the other way where it would leave what a confidence can be. */
const moved = (confidence: number, by: number): number =>
  confidence + by < 0 || confidence + by > 100 ? confidence - by : confidence + by;

describe("a choice", () => {
  it("takes what is worth most, and the public id decides between equals", () => {
    const wanted = [wish("c", 5), wish("b", 5), wish("a", 1), wish("d", 9)];
    expect(chosenOf(wanted, choose(wanted, budget({ room: 2 }), NOTHING))).toEqual(["b", "d"]);
  });

  it("gives a record that several teams want one place", () => {
    const wanted = [wish("x", 5), wish("x", 1, { teamId: "b" }), wish("y", 4), wish("z", 3)];
    const choice = choose(wanted, budget({ room: 2 }), NOTHING);
    expect(choice.cuts.map((cut) => cut === null)).toEqual([true, true, true, false]);
    expect(choice).toMatchObject({ wanted: 3, chosen: 2 });
  });

  it("keeps what stands until something clearly better comes", () => {
    const wanted = [wish("old", 10), wish("new", 12)];
    const standing = { standing: new Set(["old"]), held: new Set<string>() };
    expect(chosenOf(wanted, choose(wanted, budget({ room: 1, bonus: 5 }), standing))).toEqual(["old"]);
    expect(chosenOf(wanted, choose(wanted, budget({ room: 1, bonus: 1 }), standing))).toEqual(["new"]);
  });

  it("stops a team and a feed at their ceilings, with a rank among their own", () => {
    const wanted = [
      wish("a1", 9),
      wish("a2", 8),
      wish("b1", 7, { teamId: "b", feedId: "g" }),
      wish("b2", 6, { teamId: "b", feedId: "g" }),
      wish("b3", 5, { teamId: "b", feedId: "h" }),
    ];
    const shares = { teams: { a: { floor: 0, ceiling: 1 } }, feeds: { g: { floor: 0, ceiling: 1 } } };
    expect(choose(wanted, budget({ room: 10, ...shares }), NOTHING).cuts).toEqual([
      null,
      { code: "over-team-ceiling", rank: 2, cut: 1 },
      null,
      { code: "over-feed-ceiling", rank: 2, cut: 1 },
      null,
    ]);
  });

  it("spends a place on what nobody can take away now, whatever it is worth", () => {
    const wanted = [wish("x", 5), wish("y", 4), wish("paused", 0)];
    const standing = { standing: new Set(["paused", "other"]), held: new Set(["paused", "other"]) };
    expect(chosenOf(wanted, choose(wanted, budget({ room: 3 }), standing))).toEqual(["x", "paused"]);
  });

  it("is told with ranks among what the reader may know of alone", () => {
    const wanted = [wish("x", 9, { teamId: "b" }), wish("p", 8), wish("q", 2), wish("y", 3, { teamId: "b" })];
    const made = choice(wanted, budget({ room: 2 }), NOTHING);
    expect(cutOf(made, 2)).toEqual({ code: "over-budget", rank: 4, cut: 2 });
    const ofOwn = tellChoice(made, (index) => wanted[index]?.teamId === "a");
    expect(ofOwn).toMatchObject({ wanted: 2, chosen: 1 });
    expect(cutOf(ofOwn, 2)).toEqual({ code: "over-budget", rank: 2, cut: 1 });
    const withWhatStands = tellChoice(made, (index) => index !== 3);
    expect(withWhatStands).toMatchObject({ wanted: 3, chosen: 2 });
    expect(cutOf(withWhatStands, 2)).toEqual({ code: "over-budget", rank: 3, cut: 2 });
  });
});

describe("other limits", () => {
  it("say beforehand what leaves, comes in and stays: a record once, and with each who has a part in it", () => {
    const wanted = [
      wish("both", 9),
      wish("both", 1, { teamId: "b", feedId: "g" }),
      wish("a1", 8),
      wish("a2", 7),
      wish("b1", 2, { teamId: "b", feedId: "g" }),
    ];
    const before = choice(wanted, budget({ room: 3 }), NOTHING);
    const wasChosen = before.codes.map((code) => (code === 0 ? 1 : 0));
    const after = choice(wanted, budget({ room: 2, teams: { a: { floor: 0, ceiling: 1 } } }), NOTHING);
    const standing = new Set(["a1"].map(numberOf));

    const shifts = compareChoices(bookOf(wanted), after, { wasChosen, standing });

    expect(shifts).toMatchObject({ leave: 2, come: 1, stay: 1, standing: 1 });
    expect(Object.fromEntries(shifts.teams)).toEqual({
      a: { leave: 2, come: 0, stay: 1 },
      b: { leave: 0, come: 1, stay: 1 },
    });
    expect(Object.fromEntries(shifts.feeds)).toEqual({
      f: { leave: 2, come: 0, stay: 1 },
      g: { leave: 0, come: 1, stay: 1 },
    });
  });

  it("of what counts are weighed over the same wishes", () => {
    const sure = { confidence: 90, ...NOTHING_ELSE };
    const recent = { ...NOTHING_ELSE, confidence: 10, recency: 100 };
    const wanted = [wish("sure", 0, { points: sure }), wish("recent", 0, { points: recent })];
    expect(chosenOf(wanted, choose(wanted, budget({ room: 1 }), NOTHING))).toEqual(["sure"]);
    const weights = { confidence: 1, ...NOTHING_ELSE, recency: 5 };
    expect(chosenOf(wanted, choose(wanted, budget({ room: 1, weights }), NOTHING))).toEqual(["recent"]);
  });
});

const wishes = fc.array(
  fc.record({
    teamId: fc.constantFrom("a", "b", "c"),
    feedId: fc.constantFrom("f", "g"),
    record: fc.integer({ min: 0, max: 40 }).map(String),
    confidence: fc.integer({ min: 0, max: 20 }),
  }),
  { maxLength: 80 },
);
const share = fc.record({
  floor: fc.integer({ min: 0, max: 4 }),
  over: fc.option(fc.integer({ min: 0, max: 8 })),
});
const shares = (names: readonly string[]) =>
  fc
    .dictionary(fc.constantFrom(...names), share)
    .map((all) =>
      Object.fromEntries(
        Object.entries(all).map(([name, { floor, over }]) => [
          name,
          { floor, ceiling: over === null ? null : floor + over },
        ]),
      ),
    );

describe("whatever is wanted", () => {
  it("every wish is chosen or has one reason, and no limit is passed", () => {
    fc.assert(
      fc.property(
        wishes,
        fc.integer({ min: 0, max: 30 }),
        shares(["a", "b", "c"]),
        shares(["f", "g"]),
        fc.array(fc.integer({ min: 0, max: 60 }).map(String), { maxLength: 5 }),
        (some, room, teams, feeds, held) => {
          const wanted = some.map(({ confidence, ...one }) => wish(one.record, confidence, one));
          const standing = { standing: new Set(held), held: new Set(held) };
          const choice = choose(wanted, budget({ room, teams, feeds }), standing);

          expect(choice.cuts).toHaveLength(wanted.length);
          const chosen = wanted.filter((_, index) => choice.cuts[index] === null);
          const records = new Set(chosen.map(({ record }) => record));
          const paid = [...records].filter((record) => !standing.held.has(record)).length;
          expect(paid).toBeLessThanOrEqual(Math.max(0, room - standing.held.size));
          for (const [team, { ceiling }] of Object.entries(teams)) {
            const own = new Set(chosen.flatMap(({ teamId, record }) => (teamId === team ? [record] : [])));
            expect(own.size).toBeLessThanOrEqual(ceiling ?? Number.POSITIVE_INFINITY);
          }
          // Who is cut for want of room is ranked behind the last that has a place, and room was used up.
          const left = choice.cuts.filter((cut) => cut?.code === "over-budget");
          for (const cut of left) expect(cut?.rank).toBeGreaterThan(cut?.cut ?? 0);
          const isUsedUp = paid === Math.max(0, room - standing.held.size);
          expect(left.length === 0 || isUsedUp).toBe(true);
        },
      ),
    );
  });
});
