import { describe, expect, it } from "vitest";

import type { Series } from "./series";
import { summariseFlow } from "./summarise";

const SERIES: Series[] = [
  { key: "added", label: "Added", color: 1 },
  { key: "removed", label: "Removed", color: 2 },
];
const POINTS = [
  { label: "22 Nov", values: { added: 950, removed: -36 } },
  { label: "23 Nov", values: { added: 11 } },
];

describe("the words beside a chart", () => {
  it("sum what flowed and name the largest day, whichever way the bars point", () => {
    expect(summariseFlow(POINTS, SERIES)).toBe(
      "Added: 961 in all, most on 22 Nov (950). Removed: 36 in all, most on 22 Nov (36).",
    );
  });

  it("name no peak where nothing flowed", () => {
    expect(summariseFlow([{ label: "22 Nov", values: {} }], SERIES.slice(0, 1))).toBe("Added: 0 in all.");
  });

  it("say that there is nothing yet", () => {
    expect(summariseFlow([], SERIES)).toBe("No figures yet.");
  });
});
