import { expect, it } from "vitest";

import { sayAdopted } from "./adopted-words";

it("says of what was adopted that it stands there, and of anything else what was said", () => {
  expect(sayAdopted("Not there yet. Rule 1: Block.", "Ada")).toBe(
    "It stands there already, adopted by Ada: this makes it yours. Rule 1: Block.",
  );
  expect(sayAdopted("Removed outside Sluice.", "Ada")).toBe("Removed outside Sluice.");
});
