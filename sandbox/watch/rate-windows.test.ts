import { expect, it } from "vitest";

import { createRateWindows, formatSpan } from "./rate-windows";

const MINUTE = 60_000;

it("admits as many as the minute allows, then says when the oldest leaves the window", () => {
  const windows = createRateWindows();
  const rate = { perMinute: 2, perHour: null };

  expect(windows.admit("a", rate, 0)).toEqual({ admitted: true });
  expect(windows.admit("a", rate, 10_000)).toEqual({ admitted: true });
  expect(windows.admit("a", rate, 52_000)).toEqual({
    admitted: false,
    limit: 2,
    spanMs: MINUTE,
    retryAfterSeconds: 8,
  });
  expect(windows.admit("a", rate, 60_000)).toEqual({ admitted: true });
  expect(windows.admit("a", rate, 60_001)).toMatchObject({ admitted: false, retryAfterSeconds: 10 });
});

it("does not count what it refuses", () => {
  const windows = createRateWindows();
  const rate = { perMinute: 1, perHour: null };
  windows.admit("a", rate, 0);
  for (let at = 1; at < 100; at += 1) windows.admit("a", rate, at);

  expect(windows.admit("a", rate, MINUTE)).toEqual({ admitted: true });
});

it("keeps keys apart and forgets on demand", () => {
  const windows = createRateWindows();
  const rate = { perMinute: 1, perHour: null };
  windows.admit("a", rate, 0);

  expect(windows.admit("b", rate, 0).admitted).toBe(true);
  expect(windows.admit("a", rate, 0).admitted).toBe(false);
  windows.clear();
  expect(windows.admit("a", rate, 0).admitted).toBe(true);
});

it("survives a clock that is turned back", () => {
  const windows = createRateWindows();
  const rate = { perMinute: 1, perHour: null };
  windows.admit("a", rate, 10 * MINUTE);

  expect(windows.admit("a", rate, 0).admitted).toBe(true);
});

it("writes spans as the service does", () => {
  expect([formatSpan(MINUTE), formatSpan(60 * MINUTE)]).toEqual(["00:01:00", "01:00:00"]);
});
