import fc from "fast-check";
import { expect, it } from "vitest";

import { createNewestVersions } from "./newest-versions";

it("numbers the lines and knows which of them holds the newest version, as a map would", () => {
  const heard = fc.record({
    id: fc.integer({ min: 0, max: 60 }).map(String),
    version: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(heard, { maxLength: 300 }), (objects) => {
      const newest = createNewestVersions();
      const expected = new Map<string, { version: number; line: number }>();
      let lines = 0;
      for (const { id, version } of objects) {
        const known = expected.get(id);
        const isOlder = known !== undefined && version < known.version;

        expect(newest.meet(id, version)).toBe(isOlder ? null : lines);

        if (!isOlder) expected.set(id, { version, line: lines++ });
      }
      expect(newest.size()).toBe(expected.size);
      expect(newest.has("61")).toBe(false);
      for (const [id, { line }] of expected) {
        expect([newest.has(id), newest.isNewest(id, line)]).toEqual([true, true]);
        expect(newest.isNewest(id, line + 1)).toBe(false);
      }
    }),
  );
});

it("keeps what it knows while it grows", () => {
  const newest = createNewestVersions();
  const ids = Array.from({ length: 20_000 }, (_, index) => `indicator--${String(index)}`);
  for (const id of ids) newest.meet(id, 7);

  expect(newest.size()).toBe(20_000);
  expect(ids.every((id, line) => newest.isNewest(id, line))).toBe(true);
  expect(newest.meet("indicator--5", 6)).toBeNull();
  expect(newest.meet("indicator--5", 7)).toBe(20_000);
});
