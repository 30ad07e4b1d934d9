import { expect, it } from "vitest";

import { retryAfterMs } from "./retry-after";

const NOW = new Date("2026-11-24T12:00:00Z");

it.each([
  ["12", "", 12_000],
  [" 7 ", "", 7000],
  ["1.5", "", 1500],
  ["0", "", 1000],
  ["999999", "", 3_600_000],
  ["Tue, 24 Nov 2026 12:00:30 GMT", "", 30_000],
  ["Tue, 24 Nov 2026 11:00:00 GMT", "", 1000],
  ["-5", "", null],
  ["soon", "", null],
  [null, "Rate limit is exceeded. Try again in 12 seconds.", 12_000],
  [null, "Maximum allowed 30 per 00:01:00 for the key X. You can send requests again in 8 seconds.", 8000],
  [null, "Try again in 2 minutes.", 120_000],
  [null, "TRY AGAIN IN 1 HOUR", 3_600_000],
  ["3", "Try again in 12 seconds.", 3000],
  ["soon", "Try again in 12 seconds.", 12_000],
  [null, "Too many requests.", null],
  [null, "", null],
])("reads header %j and sentence %j as %j ms", (header, message, expected) => {
  expect(retryAfterMs(header === null ? {} : { "retry-after": header }, message, NOW)).toBe(expected);
});

it.each([
  ["Tue, 24 Nov 2026 12:10:00 GMT", 30_000],
  ["Tue, 24 Nov 2026 11:50:00 GMT", 1_230_000],
  ["yesterday", 630_000],
  ["", 630_000],
])("measures a date by the answer's own clock, which says %j", (date, expected) => {
  const headers = { "retry-after": "Tue, 24 Nov 2026 12:10:30 GMT", date };
  expect(retryAfterMs(headers, "", NOW)).toBe(expected);
});
