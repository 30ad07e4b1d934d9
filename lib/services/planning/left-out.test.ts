import { describe, expect, it } from "vitest";

import type { Share } from "@/lib/domain/selection/share";

import { leftOutBefore, leftOutHash, type Sending } from "./left-out";
import { refusedHash } from "./refused-hash";

const NOW = new Date("2026-11-30T12:00:00Z");
const SHARE: Share = {
  ...{ action: "Audit", severity: "High", expiresAt: new Date("2026-12-30T12:00:00Z") },
  content: { team: { slug: "a", name: "A" }, tlp: 3, confidence: 80, feeds: [] },
};
const CHANGE: Sending = { share: SHARE };
const REMOVAL: Sending = { code: "no-longer-listed" };
const STANDING = { hash: "c0", until: new Date("2026-12-01T12:00:00Z") };
const AT = { destinationId: "d", now: NOW };

const hashOf = (sending: Sending) => leftOutHash(sending, { ...AT, standing: STANDING });
type One = Parameters<typeof leftOutBefore>[0];
const leftOut = (sending: Sending, otherwise: Partial<One> = {}): One => ({
  ...{ claimHash: STANDING.hash, isUnanswered: true, candidate: { standingUntil: STANDING.until } },
  refused: { reason: "A person left it out.", hash: hashOf(sending) },
  ...otherwise,
});

describe("what a person left out of a push", () => {
  it.each([
    ["a change", CHANGE],
    ["a change that ends later by now", { share: { ...SHARE, expiresAt: new Date("2027-01-30T12:00:00Z") } }],
    ["a removal", REMOVAL],
  ] as const)("stays out as %s while nothing of it is otherwise", (_what, sending) => {
    const blocked = leftOutBefore(leftOut("share" in sending ? CHANGE : REMOVAL), sending, AT);
    expect(blocked?.code).toBe("left-out");
    expect(blocked?.reason).toMatch(/^A person left it out\. It is tried again once/);
  });

  it.each<[string, One, Sending, { destinationId: string; now: Date }]>([
    ["other words are to be sent", leftOut(CHANGE), { share: { ...SHARE, severity: "Low" } }, AT],
    ["it is to go for another reason", leftOut(REMOVAL), { code: "recalled" }, AT],
    ["it is to go where it was to be changed", leftOut(CHANGE), REMOVAL, AT],
    ["it is wanted where it was to go", leftOut(REMOVAL), CHANGE, AT],
    ["something else stands there", leftOut(CHANGE, { claimHash: "c1" }), CHANGE, AT],
    ["nothing stands there any more", leftOut(REMOVAL, { claimHash: null }), REMOVAL, AT],
    ["what stood has ended", leftOut(CHANGE), CHANGE, { ...AT, now: STANDING.until }],
    ["it goes elsewhere", leftOut(CHANGE), CHANGE, { ...AT, destinationId: "e" }],
    ["it was answered since", leftOut(CHANGE, { isUnanswered: false }), CHANGE, AT],
    ["somebody asked", leftOut(CHANGE, { refused: { reason: "", hash: null } }), CHANGE, AT],
    [
      "it was refused and nobody left it out",
      leftOut(CHANGE, { refused: { reason: "", hash: refusedHash("d", SHARE) } }),
      CHANGE,
      AT,
    ],
  ])("is tried again once %s", (_what, one, sending, at) => {
    expect(leftOutBefore(one, sending, at)).toBeNull();
  });
});
