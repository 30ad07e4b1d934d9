import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chooseExpiry } from "./expiry";

const now = new Date("2026-11-24T10:20:30Z");
const DAY_MS = 86_400_000;
const inDays = (days: number, from = now) => new Date(from.getTime() + days * DAY_MS);
const hour = new Date("2026-11-24T10:00:00Z");
const none = { validUntil: null, standing: null, expiryDays: null, now };

describe("chooseExpiry", () => {
  it.each([
    ["ipv4", 30],
    ["url", 60],
    ["domain", 90],
    ["sha256", 365],
  ] as const)("gives a %s %i days when nobody says otherwise", (type, days) => {
    expect(chooseExpiry({ ...none, type })).toEqual(inDays(days, hour));
  });

  it("takes the earlier of source and policy", () => {
    expect(chooseExpiry({ ...none, type: "ipv4", validUntil: inDays(3) })).toEqual(inDays(3));
    expect(chooseExpiry({ ...none, type: "ipv4", validUntil: inDays(90), expiryDays: 7 })).toEqual(
      inDays(7, hour),
    );
  });

  it.each([
    ["stays while a fifth of its lifetime is left", inDays(6.1), null, inDays(6.1)],
    ["is renewed below that", inDays(5.9), null, inDays(30, hour)],
    ["is renewed when it has passed", inDays(-1), null, inDays(30, hour)],
    ["shortens when the source says less", inDays(20), inDays(10), inDays(10)],
    ["stays when it is what the source says, however little is left", inDays(0.1), inDays(0.1), inDays(0.1)],
  ])("what stands %s", (_, standing, validUntil, expected) => {
    expect(chooseExpiry({ ...none, type: "ipv4", standing, validUntil })).toEqual(expected);
  });

  it("shortens when the policy does", () => {
    expect(chooseExpiry({ ...none, type: "ipv4", standing: inDays(25), expiryDays: 7 })).toEqual(
      inDays(7, hour),
    );
  });

  it("lies ahead, within source and policy, and is the same when asked again at once", () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: 1, max: 400 * DAY_MS })),
        fc.option(fc.integer({ min: -DAY_MS, max: 400 * DAY_MS })),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 60_000 }),
        (validMs, standingMs, expiryDays, laterMs) => {
          const at = (ms: number | null) => (ms === null ? null : new Date(now.getTime() + ms));
          const options = { type: "url", expiryDays, validUntil: at(validMs), now } as const;
          const chosen = chooseExpiry({ ...options, standing: at(standingMs) });
          expect(chosen.getTime()).toBeGreaterThan(now.getTime());
          expect(chosen.getTime()).toBeLessThanOrEqual(now.getTime() + expiryDays * DAY_MS);
          expect(chosen.getTime()).toBeLessThanOrEqual(now.getTime() + (validMs ?? Infinity));

          const later = new Date(now.getTime() + laterMs);
          const leftMs = chosen.getTime() - later.getTime();
          fc.pre(leftMs > expiryDays * DAY_MS * 0.2 || chosen.getTime() === at(validMs)?.getTime());
          expect(chooseExpiry({ ...options, standing: chosen, now: later })).toEqual(chosen);
        },
      ),
    );
  });
});
