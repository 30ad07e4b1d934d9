import { describe, expect, it } from "vitest";

import { describeLeftOut, describeLeftovers, describeOneLeftOut, findLeftovers } from "./leftovers";

const NOW = new Date("2026-11-30T12:00:00Z");
const at = (time: string): Date => new Date(`2026-11-30T${time}:00Z`);
const LEFT = { hasUnsent: false, open: 14, suspected: 14, forRoom: 2 };
const WAITING = { ...LEFT, since: at("10:00"), readAt: at("11:30") };

describe("what is left of a push that waits", () => {
  it("may be the cause where all of it was sent again and again while the destination was read", () => {
    expect(findLeftovers(WAITING, NOW)).toEqual({ count: 14, forRoom: 2, readAt: at("11:30") });
  });

  it("may be the cause unread, too, where it waits for longer than most outages last", () => {
    const unread = { ...WAITING, since: at("06:00") };
    for (const readAt of [null, at("05:59")])
      expect(findLeftovers({ ...unread, readAt }, NOW)).toEqual({ count: 14, forRoom: 2, readAt: null });
    expect(describeLeftovers({ count: 14, readAt: null })).toMatch(/^That is long for an outage, and all/);
  });

  it.each([
    ["it does not wait", { since: null }],
    ["it has not waited for long", { since: at("11:01") }],
    ["it was not read, and outages may last as long", { readAt: null, since: at("06:01") }],
    ["nothing is left", { open: 0, suspected: 0 }],
    ["something else is left that was not sent", { hasUnsent: true }],
    ["something else is left that was not sent as often", { open: 15 }],
    ["it was not read since", { readAt: at("10:00") }],
  ])("is not blamed where %s", (_what, facts) => {
    expect(findLeftovers({ ...WAITING, ...facts }, NOW)).toBeNull();
  });

  it.each([
    [1, "1 record that was sent again and again: it may be the cause"],
    [1_400, "1,400 records that were sent again and again: they may be the cause"],
  ])("is told as %d with what can be done", (count, words) => {
    const text = describeLeftovers({ count, readAt: at("11:30") });
    expect(text).toContain(words);
    expect(text).toContain("11:30");
    expect(text).toMatch(/can be left out on the push's page\.$/);
    expect(describeLeftOut({ count, forRoom: 0 })).toMatch(
      /what may stand there\. New plans .*asks for it\.$/,
    );
    expect(describeLeftOut({ count, forRoom: count })).toMatch(
      /what may stand there\. What is to go to make room is chosen anew by the next plan\.$/,
    );
  });

  it.each([
    ["add", /may stand there or not\. HTTP 500\.$/],
    ["change", /may stand there as before or changed\. HTTP 500\.$/],
    ["remove", /may still stand there\. HTTP 500\.$/],
  ] as const)("says of what was to %s what may stand there once a person left it out", (operation, words) => {
    expect(describeOneLeftOut(operation, "HTTP 500.")).toMatch(words);
  });
});
