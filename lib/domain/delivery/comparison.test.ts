import { describe, expect, it } from "vitest";

import { readComparison } from "./comparison";

const now = new Date("2026-11-29T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const NEVER = {
  ...{ reconcileAskedAt: null, reconcileAskedBy: null, reconcilingSince: null, reconcileFound: null },
};

describe("how a comparison stands", () => {
  it.each([
    ["nobody asked", {}, { state: "idle", since: null, askedBy: null }],
    [
      "somebody asked",
      { reconcileAskedAt: ago(1), reconcileAskedBy: "Ada" },
      { state: "asked", since: ago(1), askedBy: "Ada" },
    ],
    [
      "it runs",
      { reconcileAskedAt: ago(2), reconcileAskedBy: "Ada", reconcilingSince: ago(1) },
      { state: "running", since: ago(1), askedBy: "Ada" },
    ],
    ["its worker died", { reconcilingSince: ago(31) }, { state: "idle", since: null }],
    [
      "its worker died while somebody waits",
      { reconcileAskedAt: ago(40), reconcileAskedBy: "Ada", reconcilingSince: ago(31) },
      { state: "asked", since: ago(40) },
    ],
  ])("is told when %s", (_, stored, expected) => {
    expect(readComparison({ ...NEVER, ...stored }, now)).toMatchObject({ ...expected, found: null });
  });

  it("says what the last one found", () => {
    const found = { standing: 3, removed: 1, changed: 0, unlike: 2 };
    expect(readComparison({ ...NEVER, reconcileFound: found }, now).found).toEqual(found);
    const earlier = { standing: 3, removed: 1, changed: 0 };
    expect(readComparison({ ...NEVER, reconcileFound: earlier }, now).found).toEqual({
      ...earlier,
      unlike: 0,
    });
  });
});
