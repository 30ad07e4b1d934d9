import fc from "fast-check";
import { expect, it } from "vitest";

import { createSeenRecords } from "./seen-records";

it("knows exactly the records that were come upon, each scope by itself", () => {
  const record = fc.record({
    indicatorId: fc.bigInt({ min: 1n, max: 40_000n }).map(String),
    scope: fc.constantFrom("", "Servers"),
  });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), fc.array(record, { maxLength: 50 }), (come, others) => {
      const seen = createSeenRecords();
      for (const one of come) seen.add(one);
      const names = new Set(come.map(({ indicatorId, scope }) => `${indicatorId} ${scope}`));
      for (const one of [...come, ...others])
        expect(seen.has(one)).toBe(names.has(`${one.indicatorId} ${one.scope}`));
    }),
  );
});
