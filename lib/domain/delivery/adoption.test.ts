import { describe, expect, it } from "vitest";

import { findUndone, type Adoption } from "./adoption";
import type { Wish } from "./standing";

const until = new Date("2026-12-24T10:00:00Z");
const adopting = (change: Partial<Adoption>): Adoption => ({
  ...{ action: null, severity: null, expiresAt: null, title: null, description: null },
  ...change,
});
const wish = (change: Partial<Wish> = {}): Wish => ({
  ...{ who: "Team B", action: "Block", severity: "High", expiresAt: until },
  ...change,
});
const limits = { title: 200, description: 1_000 };
const undone = (
  change: Partial<Adoption>,
  others: readonly Wish[] = [wish()],
  wordedBy: readonly string[] = [],
) => findUndone(adopting(change), { others, wordedBy, limits });

describe("what somebody adopts of a record that others want as well", () => {
  it.each<[string, Partial<Adoption>, string]>([
    ["a milder action", { action: "Audit" }, "It stays as Block for Team B:"],
    ["a lower severity", { severity: "Low" }, "It stays with severity High for Team B:"],
    [
      "an earlier end",
      { expiresAt: new Date("2026-12-01T00:00:00Z") },
      "It stays until 2026-12-24 10:00 UTC for Team B:",
    ],
    ["two of them", { action: "Warn", severity: "Low" }, "It stays as Block, with severity High for Team B:"],
  ])("would be undone, with who keeps it: %s", (_what, change, words) => {
    expect(undone(change)).toContain(words);
  });

  it.each<[string, Partial<Adoption>]>([
    ["the same action", { action: "Block" }],
    ["a stricter action", { action: "BlockAndRemediate" }],
    ["the same severity", { severity: "High" }],
    ["a later end", { expiresAt: new Date("2027-01-01T00:00:00Z") }],
    ["the same end", { expiresAt: until }],
  ])("stands where others want nothing else: %s", (_what, change) => {
    expect(undone(change)).toBeNull();
  });

  it("names each who keeps it, once", () => {
    const others = [
      wish(),
      wish(),
      wish({ who: "your connector “East”", action: "Warn" }),
      wish({ who: "Team C" }),
    ];
    expect(undone({ action: "Audit" }, others)).toContain(
      "It stays as Block, as Warn for Team B, your connector “East” and Team C:",
    );
  });

  it("are its words only where nobody else has a say in them", () => {
    expect(undone({ title: "Ours now" }, [wish()], ["Team B"])).toContain("but also of Team B:");
    expect(undone({ title: "Ours now" }, [wish()], [])).toBeNull();
    expect(undone({ action: "Block" }, [wish()], ["Team B"])).toBeNull();
  });
});

describe("what somebody adopts of a record that nobody else wants", () => {
  it("stands", () => {
    expect(undone({ action: "Audit", severity: "Low", title: "x", expiresAt: until }, [])).toBeNull();
  });

  it.each<[string, Partial<Adoption>]>([
    ["what just fits", { title: "x".repeat(200), description: "y".repeat(1_000) }],
    // What is sent is one line: how it is broken there is not what would be cut.
    ["gaps that are closed", { title: `${"x".repeat(150)}${"\n\n ".repeat(40)}y` }],
  ])("stands where it is no longer than what is sent from here: %s", (_what, change) => {
    expect(undone(change, [])).toBeNull();
  });

  it.each<[string, Partial<Adoption>]>([
    [
      "Its title has 201 characters there, and what is sent from here 200 at most",
      { title: "x".repeat(201) },
    ],
    ["Its description has 1,001 characters there", { description: "y".repeat(1_001) }],
  ])("would be cut where it is longer: %s", (words, change) => {
    expect(undone(change, [])).toContain(words);
  });
});
