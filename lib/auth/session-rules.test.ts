import { describe, expect, it } from "vitest";

import { isSessionLive, SESSION_IDLE_MS } from "./session-rules";

const now = new Date("2026-11-24T08:00:00Z");
const at = (offsetMs: number) => new Date(now.getTime() + offsetMs);
const live = { lastSeenAt: at(-1000), expiresAt: at(1000), revokedAt: null };

describe("a session", () => {
  it.each([
    ["in use", live, true],
    ["just short of idle", { ...live, lastSeenAt: at(-SESSION_IDLE_MS + 1) }, true],
    ["idle for two hours", { ...live, lastSeenAt: at(-SESSION_IDLE_MS) }, false],
    ["past its twelve hours, however busy", { ...live, expiresAt: now }, false],
    ["revoked", { ...live, revokedAt: at(-1) }, false],
    ["revoked in the future by a clock that is ahead", { ...live, revokedAt: at(60_000) }, false],
  ])("%s", (_name, session, expected) => {
    expect(isSessionLive(session, now)).toBe(expected);
  });
});
