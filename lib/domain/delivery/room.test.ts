import { describe, expect, it } from "vitest";

import { mayFindRoom, waitForRoomMs } from "./room";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 30) + seconds * 1_000);

describe("what found no room", () => {
  it.each([
    // Sent, deleted there, now: in seconds.
    [100, null, 101, false],
    [100, 30, 101, false],
    [100, 41, 101, true],
    [100, 99, 101, true],
    [100, 100, 130, true],
    [100, 100, 189, true],
    [100, 100, 190, false],
    // Others delete without end.
    [100, 189, 190, false],
    [100, 189, 10_000, false],
  ])("first sent at %d, with a deletion at %s, is at %d worth another try: %s", (sent, deleted, now, may) => {
    const deletedAt = deleted === null ? null : at(deleted);
    expect(mayFindRoom({ firstSentAt: at(sent), deletedAt, now: at(now) })).toBe(may);
  });

  it("is tried more often where it is urgent, so that it has the place before what is not", () => {
    expect(waitForRoomMs(true)).toBeLessThan(waitForRoomMs(false));
  });
});
