import { describe, expect, it } from "vitest";

import { findNamedValue, readImportAnswer, toRejection } from "./read-answer";

const FULL = "Max capacity exceeded. Current Total: 15000, Limit: 15000 (Parameter 'Capacity: 15000/15000')";
const success = (indicator: string, id: unknown = "1") => ({
  id,
  indicator,
  isFailed: false,
  failureReason: null,
});
const failure = (indicator: string, failureReason: unknown, id: unknown = null) => ({
  id,
  indicator,
  isFailed: true,
  failureReason,
});

describe("readImportAnswer", () => {
  it("takes nothing for accepted but what the item's own result says", () => {
    const outcomes = readImportAnswer(["a.example", "b.example"], {
      value: [success("a.example", "2841"), failure("b.example", FULL)],
    });

    expect(outcomes).toEqual([
      { status: "accepted", remoteId: "2841" },
      { status: "rejected", reason: FULL, code: "capacity", capacity: { total: 15_000, limit: 15_000 } },
    ]);
  });

  it.each([
    ["ids that are numbers", { ...success("a"), id: 2841 }, { status: "accepted", remoteId: "2841" }],
    ["success without an id", { ...success("a"), id: "" }, { status: "accepted", remoteId: null }],
    ["a flag that is text", { ...success("a"), isFailed: "False" }, { status: "accepted", remoteId: "1" }],
    [
      "a failure whose flag is text",
      { ...failure("a", "No."), isFailed: "True" },
      { status: "rejected", reason: "No." },
    ],
    ["a failure with an id", failure("a", "No.", "7"), { status: "rejected" }],
    [
      "a failure without a reason",
      failure("a", null),
      { status: "rejected", reason: "Defender gave no reason." },
    ],
    ["no flag but an id", { id: "1", indicator: "a" }, { status: "accepted" }],
    ["no flag but a reason", { id: "1", indicator: "a", failureReason: "No." }, { status: "rejected" }],
    ["another case", success("A"), { status: "accepted" }],
    ["no value", { id: "1", isFailed: false }, { status: "accepted" }],
    ["more properties", { ...success("a"), extra: {} }, { status: "accepted" }],
  ])("reads %s", (_what, result, expected) => {
    expect(readImportAnswer(["a"], { value: [result] })[0]).toMatchObject(expected);
  });

  it.each([
    ["an empty body", undefined],
    ["null", null],
    ["a text", "ok"],
    ["no list", { value: null }],
    ["no results", { value: [] }],
    ["a result that says nothing", { value: [{ indicator: "a" }] }],
    ["a result of another value", { value: [success("b")] }],
    ["a result that is no object", { value: ["a"] }],
  ])("concludes nothing from %s", (_what, body) => {
    expect(readImportAnswer(["a"], body)).toEqual([null]);
  });

  it("matches by value when the order is another, and when one is missing", () => {
    const outcomes = readImportAnswer(["a", "b", "c"], { value: [success("c", "3"), failure("a", "No.")] });

    expect(outcomes).toMatchObject([{ status: "rejected" }, null, { remoteId: "3" }]);
  });

  it("does not swap two values that differ in case only", () => {
    const outcomes = readImportAnswer(["http://x/A", "http://x/a"], {
      value: [success("http://x/a", "2"), success("http://x/A", "1")],
    });

    expect(outcomes).toMatchObject([{ remoteId: "1" }, { remoteId: "2" }]);
  });

  it("uses no result twice", () => {
    expect(readImportAnswer(["b", "b"], { value: [success("x"), success("b", "2")] })).toEqual([
      null,
      { status: "accepted", remoteId: "2" },
    ]);
  });

  it("keeps values apart that differ in case only", () => {
    const outcomes = readImportAnswer(["http://x/A", "http://x/a", "y"], {
      value: [success("y", "3"), success("http://x/a", "2"), success("http://x/A", "1")],
    });

    expect(outcomes).toMatchObject([{ remoteId: "1" }, { remoteId: "2" }, { remoteId: "3" }]);
  });
});

it.each([
  [FULL, "capacity"],
  ["IP address 1.2.3 is invalid.", "invalid"],
  ["Action BlockAndRemediate is not supported for IpAddress.", "invalid"],
  ["Indicator 203.0.113.1 is inactive. (Expiration time should be set to a future date time)", "expired"],
  ["An indicator with the value x exists and was created by another application or user.", "conflict"],
  ["Something else.", "other"],
])("judges %j as %s", (reason, code) => {
  expect(toRejection(reason)).toMatchObject({ code });
});

it.each([
  ["Indicator 203.0.113.1 is inactive.", ["203.0.113.10", "203.0.113.1"], 1],
  ["The indicator value 'b.example' ends in white space.", ["a.example", "b.example"], 1],
  ["IP address 1.2.3.4 is invalid.", ["11.2.3.4", "1.2.3.45"], null],
  ["Domain name x.example is invalid.", ["example", "y.example"], null],
  ["Values a.example and b.example are invalid.", ["a.example", "b.example"], null],
  ["Bad request.", ["a.example"], null],
  ["The URL http://x/a?b=1 is invalid.", ["http://x/a", "http://x/a?b=1"], 1],
  ["Offending value: A.EXAMPLE.", ["a.example"], 0],
  ["Offending value: A.EXAMPLE.com. Remove it.", ["a.example"], null],
])("finds in %j of %j the place %j", (message, values, expected) => {
  expect(findNamedValue(values, message)).toBe(expected);
});
