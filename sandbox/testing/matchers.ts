import { expect } from "vitest";

// vitest types these as `any`, which would switch the checks off around them.

/** Equal to any text. */
export const anyText: unknown = expect.any(String);

/** Equal to any number. */
export const anyNumber: unknown = expect.any(Number);

/** Equal to any text that fits. */
export const textLike = (pattern: RegExp | string): unknown =>
  typeof pattern === "string" ? expect.stringContaining(pattern) : expect.stringMatching(pattern);

/** Equal to any object that has these properties. */
export const objectWith = (properties: Record<string, unknown>): unknown =>
  expect.objectContaining(properties);
