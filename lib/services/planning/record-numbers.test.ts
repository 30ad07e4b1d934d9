import { describe, expect, it } from "vitest";

import { recordScope } from "@/lib/domain/selection/policy";

import { groupsOf, indicatorOf, numberScopes, recordOf } from "./record-numbers";

describe("numbers of records", () => {
  it("tell records of one indicator under other device groups apart, whatever the order of the groups", () => {
    const { numberOf } = numberScopes(recordScope(["Servers"]));
    const numbers = [["Servers"], [], ["Lab", "Servers"], ["Servers", "Lab"]].map((groups) =>
      recordOf("7", numberOf(recordScope(groups))),
    );
    expect(new Set(numbers).size).toBe(3);
    expect(numbers[0]).toBe(recordOf(7));
    expect(numbers[2]).toBe(numbers[3]);
  });

  it("say of which indicator and which groups they are, also of the largest that fit", () => {
    const scopes = numberScopes("");
    const last = 2 ** 39 - 1;
    const record = recordOf(last, scopes.numberOf(recordScope(["Lab"])));
    expect(Number.isSafeInteger(record)).toBe(true);
    expect([indicatorOf(record), groupsOf(record, scopes)]).toEqual([last, '["Lab"]']);
    expect(groupsOf(recordOf(last), scopes)).toBeNull();
  });

  it("are refused beyond what can be told apart", () => {
    const { numberOf } = numberScopes("");
    expect(() => {
      for (let scope = 0; scope < 20_000; scope += 1) numberOf(String(scope));
    }).toThrow(RangeError);
  });
});
