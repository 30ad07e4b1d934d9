import { expect, it } from "vitest";

import { roomWords } from "./room-words";

it("room is told as the most there can be while nobody sees what others put there", () => {
  expect(roomWords({ room: 15_000, foreign: null })).toBe("at most 15,000");
  expect(roomWords({ room: 14_000, foreign: 1_000 })).toBe("14,000");
});
