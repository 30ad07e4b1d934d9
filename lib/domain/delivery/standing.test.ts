import { describe, expect, it } from "vitest";

import type { Treatment } from "./merge-claims";
import { describeOverlap } from "./plan-overlap";
import { describeStanding, foreseeStanding, type Wish } from "./standing";

const until = new Date("2026-12-24T00:00:00Z");
const audit: Treatment = { action: "Audit", severity: "Low", expiresAt: until };
const block: Treatment = { action: "Block", severity: "High", expiresAt: until };
const by = (who: string, wish: Treatment): Wish => ({ ...wish, who });

describe("foreseeStanding", () => {
  const kind = "defender";

  it.each([
    {
      what: "joins what others want stricter",
      planned: { mine: audit, before: null, others: [by("Team B", block)] },
      sentence: "Joins a record of Team B. Stands as Block, High: wanted by Team B.",
    },
    {
      what: "raises what stands for others",
      planned: { mine: block, before: null, others: [by("Team A", audit)] },
      sentence: "Joins a record of Team A. Raises Audit to Block and raises severity Low to High for Team A.",
    },
    {
      what: "joins what others want as well",
      planned: { mine: audit, before: null, others: [by("Team A", audit), by("Team B", audit)] },
      sentence: "Joins a record of Team A and Team B.",
    },
    {
      what: "makes it milder for others when it asks for less",
      planned: { mine: audit, before: block, others: [by("Team A", audit)] },
      sentence: "Lowers Block to Audit and lowers severity High to Low for Team A.",
    },
    {
      what: "changes nothing that others would see",
      planned: {
        mine: { ...audit, severity: "Medium" as const },
        before: audit,
        others: [by("Team B", block)],
      },
      sentence: "Stands as Block, High: wanted by Team B.",
    },
    {
      what: "leaves what others still claim",
      planned: { mine: null, before: block, others: [by("Team A", audit)] },
      sentence: "Stays there for Team A, as Audit, Low.",
    },
  ])("says that it $what", ({ planned, sentence }) => {
    expect(foreseeStanding({ kind, ...planned })?.sentence).toBe(sentence);
  });

  it("names only those whose wish is stricter", () => {
    const others = [by("Team A", audit), by("Team B", block), by("Team C", { ...audit, severity: "High" })];
    expect(foreseeStanding({ kind, mine: audit, before: null, others })?.wantedBy).toEqual([
      "Team B",
      "Team C",
    ]);
  });

  it("says nothing where nobody else claims the record", () => {
    expect(foreseeStanding({ kind, mine: audit, before: null, others: [] })).toBeNull();
  });

  it("says nothing of actions at Sentinel, whose records carry none", () => {
    const others = [by("Team B", block)];
    expect(foreseeStanding({ kind: "sentinel", mine: audit, before: null, others })?.sentence).toBe(
      "Joins a record of Team B.",
    );
  });
});

describe("describeStanding", () => {
  it("names who made a record stricter than it was asked for", () => {
    const standing = describeStanding("defender", {
      mine: audit,
      stands: block,
      others: [by("Team B", block)],
    });
    expect(standing).toMatchObject({
      wantedBy: ["Team B"],
      sentence: "Stands as Block, High: wanted by Team B.",
    });
  });

  it("has no sentence where the record stands as it was asked for", () => {
    const standing = describeStanding("defender", {
      mine: block,
      stands: block,
      others: [by("Team A", audit)],
    });
    expect(standing).toMatchObject({ wantedBy: [], sentence: "", others: ["Team A"] });
  });
});

describe("describeOverlap", () => {
  it("counts in sentences and leaves out what there is none of", () => {
    expect(describeOverlap({ joins: 1_200, stricter: 0, raises: 1, lowers: 0 })).toEqual([
      "1,200 join a record that stands.",
      "1 becomes stricter for others.",
    ]);
    expect(describeOverlap({ joins: 0, stricter: 0, raises: 0, lowers: 0 })).toEqual([]);
  });
});
