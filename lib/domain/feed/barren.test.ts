import { expect, it } from "vitest";

import { barrenBecause } from "./barren";

const NONE = { values: 0, active: 0, rejected: 0, excluded: 0, allowlisted: 0, duplicate: 0 };

it.each([
  [
    "None of its 1,200 values is live: 1,000 could not be read, 150 left out by its settings, 50 kept in by an allowlist.",
    { values: 1_200, rejected: 1_000, excluded: 150, allowlisted: 50 },
  ],
  ["Its one value is not live: 1 could not be read.", { values: 1, rejected: 1 }],
  [
    "None of its 100 values is live: 1 could not be read, 97 have ended or were withdrawn.",
    { values: 100, rejected: 1, duplicate: 2 },
  ],
  ["None of its 3 values is live: all have ended or were withdrawn.", { values: 3 }],
  [null, { values: 3, active: 1, rejected: 2 }],
  [null, {}],
])("says %s", (sentence, counts) => {
  expect(barrenBecause({ ...NONE, ...counts })).toBe(sentence);
});
