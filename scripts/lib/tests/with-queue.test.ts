import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import WITH_QUEUE from "./with-queue.json";

const REACHES_A_QUEUE =
  /from "[^"]*(?:jobs\/|workers\/|services\/outbox\/|\/(?:check-ready|collect-metrics|shut-down|system-health))/;

const tests = ["lib", "workers", "app", "scripts"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".int.test.ts"))
    .map((path) => join(folder, path).replaceAll("\\", "/")),
);

it("names every integration test that reaches a queue, so that it runs with Redis too", () => {
  const forgotten = tests.filter(
    (path) =>
      REACHES_A_QUEUE.test(readFileSync(path, "utf8")) && !WITH_QUEUE.some((start) => path.startsWith(start)),
  );

  expect(tests.length).toBeGreaterThan(50);
  expect(forgotten).toEqual([]);
});

it("names nothing that no test stands behind", () => {
  expect(WITH_QUEUE.filter((start) => !tests.some((path) => path.startsWith(start)))).toEqual([]);
});
