import fc from "fast-check";

// What may happen in a history, and how often.

const FAULTS = [
  { status: 500, body: "" },
  { status: 429, headers: { "retry-after": "1" }, body: {} },
  { reset: true },
  { reset: true, processed: true },
  { answer: "gateway-html" },
] as const;
const SENDING = ["*/import", "*/BatchDelete", "*/indicators", "*:upload"] as const;
const LISTING = [
  { method: "GET", path: "*/api/indicators" },
  { method: "POST", path: "*/main/query" },
] as const;
/** Removals that are answered as if they were carried out, and that are again; and what frees its place only later, which stays so. */
const DELETING = [
  { defenderCapacityLagMs: 20_000 },
  { defenderDelete: "batch-lies" },
  { sentinelEnd: "lies" },
  { defenderDelete: "removes", sentinelEnd: "ends" },
] as const;

/** The first team, with three connectors, or the second, with two. */
const side = fc.nat({ max: 1 });
/** One of the five connectors. */
const at = fc.nat({ max: 4 });
const kind = <Kind extends string>(name: Kind) => fc.constant(name);

/** A step over so many values. What matters is what happens between adding and delivering, so these come most. */
export const stepOver = (valueCount: number) => {
  const place = fc.nat({ max: valueCount - 1 });
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        ...{ kind: kind("add"), side, place },
        severity: fc.constantFrom("Low" as const, "High" as const),
        action: fc.constantFrom("Audit" as const, "Block" as const),
      }),
    },
    { weight: 6, arbitrary: fc.record({ kind: kind("deliver"), at }) },
    { weight: 2, arbitrary: fc.record({ kind: kind("withdraw"), side, place }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: kind("feed"),
        places: fc.uniqueArray(place, { minLength: 1, maxLength: valueCount }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: kind("roll-back") }) },
    // What is done already is undone.
    { weight: 1, arbitrary: fc.record({ kind: kind("recall"), place }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("allow"), place }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("hold") }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("switch"), at }) },
    {
      weight: 2,
      arbitrary: fc.record({
        ...{ kind: kind("meddle"), place },
        how: fc.constantFrom("remove" as const, "change" as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: kind("lie"), deleting: fc.constantFrom(...DELETING) }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("wait") }) },
    {
      weight: 1,
      arbitrary: fc.record({
        ...{ kind: kind("fault"), fault: fc.constantFrom(...FAULTS) },
        path: fc.constantFrom(...SENDING),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: kind("odd-list"), match: fc.constantFrom(...LISTING) }) },
    {
      weight: 1,
      arbitrary: fc.record({ ...{ kind: kind("die"), at }, statement: fc.integer({ min: 1, max: 60 }) }),
    },
    // Right after the answer of that number, of which nothing is written down any more; a push of few values has no more of them.
    {
      weight: 3,
      arbitrary: fc.record({
        ...{ kind: kind("die-sending"), at, place },
        answer: fc.constantFrom(1, 1, 2),
      }),
    },
    // Two workers at once, with two connectors or with one.
    { weight: 2, arbitrary: fc.record({ kind: kind("beside"), at, other: at }) },
    // The database ends every connection in the middle of a worker's turn.
    { weight: 1, arbitrary: fc.record({ kind: kind("cut"), at, afterMs: fc.nat({ max: 250 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("rule") }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("ceiling"), side, places: fc.nat({ max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("fill") }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("stray"), at }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("tidy"), at }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("refresh") }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("look"), at }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("compare"), at }) },
  );
};
export type Step = ReturnType<typeof stepOver> extends fc.Arbitrary<infer S> ? S : never;
