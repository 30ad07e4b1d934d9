import { describe, expect, it } from "vitest";

import { parseText } from "./extract";
import { normalise } from "./normalise";
import { isOurType, isSameReading, isTaken, readAll, type ValidityCase } from "./testing/agreement";
import { BINDING_TABLES, PUBLIC_TABLES, VALIDITY } from "./testing/public-tables";

const LEAST_AGREEMENT = 0.98;

/** Of a type that we do not have, no value may be taken, valid or not. */
const isAgreed = (row: ValidityCase): boolean => isTaken(row) === (isOurType(row.type) && row.isValid);
const share = (agreed: readonly boolean[]): number => agreed.filter(Boolean).length / agreed.length;

describe.each([...PUBLIC_TABLES])("the table of %s", (_project, rows) => {
  it.each(rows)("reads $text", ({ text, ours }) => {
    expect(readAll(text)).toEqual(ours);
  });

  it("is differed from with a reason, and only then", () => {
    expect(rows.filter((row) => isSameReading(row) === (row.reason !== undefined))).toEqual([]);
  });

  it("holds canonical values, and a reason for whatever is not taken", () => {
    for (const { text, ours } of rows) {
      for (const found of ours) {
        const [type = "", value = ""] = found.split(/ (.*)/s);
        expect(normalise(value)).toMatchObject({ ok: true, value: { type, value } });
      }
      for (const { reason } of parseText(text).rejected) expect(reason).toMatch(/\.$/);
    }
  });
});

describe("the tables of valid and invalid values", () => {
  it("are differed from with a reason, and only then", () => {
    expect(VALIDITY.filter((row) => isAgreed(row) === (row.reason !== undefined))).toEqual([]);
  });
});

it("agrees with MISP's and PyMISP's tables in 98 of 100 rows, be they of all types or only of ours", () => {
  const readings = [...BINDING_TABLES.values()].flat();
  const ofOurTypes = readings.filter(({ theirs }) =>
    theirs.every((value) => isOurType(value.split(" ")[0] ?? "")),
  );
  const all = [...readings.map(isSameReading), ...VALIDITY.map(isAgreed)];
  const ours = [
    ...ofOurTypes.map(isSameReading),
    ...VALIDITY.filter(({ type }) => isOurType(type)).map(isAgreed),
  ];

  expect(share(all)).toBeGreaterThanOrEqual(LEAST_AGREEMENT);
  expect(share(ours)).toBeGreaterThanOrEqual(LEAST_AGREEMENT);
});
