import { hasSubscribers } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";

import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("has a process that serves tell senders apart by their connections, and no other", async () => {
  const { register } = await import("@/instrumentation");
  vi.stubEnv("NEXT_RUNTIME", "edge");
  await register();
  expect(hasSubscribers("http.server.request.start")).toBe(false);

  vi.stubEnv("NEXT_RUNTIME", "nodejs");
  vi.stubEnv("DATABASE_URL", "postgresql://sluice:secret@127.0.0.1:5432/sluice");
  await register();

  expect(hasSubscribers("http.server.request.start")).toBe(true);
});

it("is in the image, too", () => {
  expect(readFileSync(".dockerignore", "utf8").split("\n")).toContain("!instrumentation.ts");
});
