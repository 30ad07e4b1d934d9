import { expect, it } from "vitest";

import { isTouched } from "./touched";

const NOW = new Date("2026-11-29T12:05:00Z");
const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 10, 29, 12, minute, second));
const SENT = { acceptedAt: at(0), modifiedAt: at(0), isAsSent: false, updatedBy: null };

it.each<[string, Partial<Parameters<typeof isTouched>[0]>, boolean]>([
  ["was written a minute after it was accepted", { updatedAt: at(1) }, true],
  ["is shown as it was before", { updatedAt: at(-1) }, false],
  ["was written as it was accepted, as far as clocks tell", { updatedAt: at(0, 4) }, false],
  ["does not say when it was written", { updatedAt: null }, false],
  ["was accepted nobody knows when", { updatedAt: at(1), acceptedAt: null }, false],
  [
    "nobody changed since it was made, by a clock that is ahead",
    { updatedAt: at(1), updatedBy: "nobody" },
    false,
  ],
  ["somebody else changed", { updatedAt: at(1), updatedBy: "others" }, true],
  ["somebody else changed only its words", { updatedAt: at(1), updatedBy: "others", isAsSent: true }, true],
  ["somebody else had changed before, and is shown late", { updatedAt: at(-1), updatedBy: "others" }, false],
  [
    "somebody else had changed before, by a clock that is ahead, as was found then",
    { updatedAt: at(4), modifiedAt: at(4, 1), updatedBy: "others" },
    false,
  ],
  ["a script changed with our application", { updatedAt: at(1), updatedBy: "us" }, true],
  [
    "we wrote, by a clock that is ahead, and is as sent",
    { updatedAt: at(1), updatedBy: "us", isAsSent: true },
    false,
  ],
  ["we wrote, by a clock that is seen to be ahead", { updatedAt: at(10), updatedBy: "us" }, false],
  [
    "is shown as we wrote it before, by a clock that is ahead",
    { updatedAt: at(4), modifiedAt: at(4, 1), updatedBy: "us" },
    false,
  ],
])("a record that %s: touched or not", (_, facts, expected) => {
  expect(isTouched({ ...SENT, updatedAt: at(0), ...facts }, NOW)).toBe(expected);
});
