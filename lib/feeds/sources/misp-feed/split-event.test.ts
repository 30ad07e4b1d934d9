import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createEventSplitter } from "./split-event";

const split = (pieces: readonly string[]) => {
  const elements: [string, unknown][] = [];
  let tooLong = 0;
  const splitter = createEventSplitter({
    element: (list, json) => elements.push([list, JSON.parse(json)]),
    tooLong: () => {
      tooLong += 1;
    },
  });
  for (const piece of pieces) splitter.push(piece);
  return { rest: splitter.end(), elements, tooLong };
};

const HARD = 'a "quoted" \\ {brace} [bracket] , : "Attribute": [ é 😀 \n';
const attributes = [
  { value: HARD, Tag: [{ name: "x" }] },
  { value: 1, Attribute: [1, 2] },
];
const objects = [{ name: "file", Attribute: [{ value: HARD }] }];
const event = {
  info: HARD,
  Attribute: attributes,
  Tag: [{ name: 'Attribute" : [' }],
  Galaxy: [{ Attribute: [{ not: "one" }] }],
  Object: objects,
  RelatedEvent: [{ Event: { Attribute: attributes } }],
  [HARD]: null,
  empty: { Attribute: [] },
};
const expected = [
  ...attributes.map((value) => ["Attribute", value]),
  ...objects.map((value) => ["Object", value]),
];
const rest = { ...event, Attribute: [], Object: [] };

describe("an event's document", () => {
  it.each([
    ["alone", { Event: event }, { Event: rest }],
    ["as an answer", { response: { Event: event } }, { response: { Event: rest } }],
    ["as an answer with a list", { response: [{ Event: event }] }, { response: [{ Event: rest }] }],
    ["as a list", [{ Event: event }], [{ Event: rest }]],
  ])("is cut apart %s, wherever its pieces end", (_name, document, left) => {
    for (const text of [JSON.stringify(document), JSON.stringify(document, null, 2)])
      fc.assert(
        fc.property(fc.array(fc.nat(text.length), { maxLength: 40 }), (cuts) => {
          const ends = [...cuts, text.length].sort((one, other) => one - other);
          const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));

          expect(split(pieces)).toEqual({ rest: left, elements: expected, tooLong: 0 });
        }),
      );
  });

  it("is cut apart one character at a time", () => {
    expect(split(Array.from(JSON.stringify({ Event: event })))).toEqual({
      rest: { Event: rest },
      elements: expected,
      tooLong: 0,
    });
  });

  it.each([
    ['{"Event":{"Attribute":[{"value":"a"},', "ends before it is complete"],
    ['{"Event":{"Attribute":[{"value":"a"}]', "ends before it is complete"],
    ["<!doctype html><html></html>", "is no JSON"],
    ['{"Event":{"Attribute":["a"]}}', "holds something that is no attribute"],
    ['{"Event":{}}}', "is no JSON"],
    ["", "is no JSON"],
    ["[".repeat(200), "is nested too deeply"],
  ])("that is broken says so: %s", (text, message) => {
    expect(() => split([text])).toThrow(message);
  });

  it("lets go of an element with a large attachment and goes on", () => {
    const sample = JSON.stringify({ value: "a", data: "x".repeat(17 * 1024 * 1024) });

    expect(split([`{"Event":{"Attribute":[${sample},{"value":"b"}]}}`])).toEqual({
      rest: { Event: { Attribute: [] } },
      elements: [["Attribute", { value: "b" }]],
      tooLong: 1,
    });
  });
});
