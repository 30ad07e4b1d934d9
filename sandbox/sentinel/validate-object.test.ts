import { describe, expect, it } from "vitest";

import { validateObject } from "./validate-object";
import { textLike } from "../testing/matchers";

const uuid = "3f0d1c2a-1111-4a2b-8c3d-000000000001";
const common = { created: "2026-11-24T08:00:00Z", modified: "2026-11-24T08:00:00.5Z" };
const indicator = {
  ...common,
  id: `indicator--${uuid}`,
  type: "indicator",
  pattern: "[url:value = 'http://x.example.com/']",
  pattern_type: "stix",
  valid_from: "2026-11-24T08:00:00Z",
};

describe("a valid object", () => {
  it.each([
    ["an indicator", indicator],
    [
      "an indicator of version 2.0 without pattern_type",
      { ...indicator, spec_version: "2.0", pattern_type: undefined },
    ],
    [
      "an indicator with everything",
      {
        ...indicator,
        spec_version: "2.1",
        name: "n",
        description: "d",
        confidence: 100,
        labels: ["Team A"],
        indicator_types: ["anything"],
        valid_until: "2026-11-24T08:00:01Z",
        revoked: false,
        lang: "en",
        created_by_ref: `identity--${uuid}`,
        object_marking_refs: ["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"],
        external_references: [{ source_name: "x" }],
        kill_chain_phases: [{ kill_chain_name: "x", phase_name: "y" }],
        x_own_extension: { any: "thing" },
      },
    ],
    ["an attack pattern", { ...common, id: `attack-pattern--${uuid}`, type: "attack-pattern", name: "n" }],
    ["a threat actor", { ...common, id: `threat-actor--${uuid}`, type: "threat-actor", name: "n" }],
    [
      "an identity",
      { ...common, id: `identity--${uuid}`, type: "identity", name: "Sluice", identity_class: "system" },
    ],
    [
      "a relationship",
      {
        ...common,
        id: `relationship--${uuid}`,
        type: "relationship",
        relationship_type: "indicates",
        source_ref: indicator.id,
        target_ref: `threat-actor--${uuid}`,
      },
    ],
  ])("such as %s has no problem", (_case, object) => {
    expect(validateObject(object)).toEqual([]);
  });
});

describe("an invalid object", () => {
  it.each([
    ["no object", 3, "object"],
    ["no type", { ...indicator, type: undefined }, "type"],
    ["an unsupported type", { ...indicator, type: "malware" }, "type"],
    ["no id", { ...indicator, id: null }, "id"],
    ["an id without UUID", { ...indicator, id: "indicator--1" }, "id"],
    ["an id of another type", { ...indicator, id: `identity--${uuid}` }, "id"],
    ["no created", { ...indicator, created: undefined }, "created"],
    ["a date for modified", { ...indicator, modified: "2026-11-24" }, "modified"],
    ["modified before created", { ...indicator, modified: "2026-11-23T08:00:00Z" }, "modified"],
    ["no pattern", { ...indicator, pattern: "" }, "pattern"],
    ["no pattern_type", { ...indicator, pattern_type: undefined }, "pattern_type"],
    ["no valid_from", { ...indicator, valid_from: undefined }, "valid_from"],
    ["valid_until at valid_from", { ...indicator, valid_until: indicator.valid_from }, "valid_until"],
    ["a confidence of 101", { ...indicator, confidence: 101 }, "confidence"],
    ["a fractional confidence", { ...indicator, confidence: 50.5 }, "confidence"],
    ["labels that are no list", { ...indicator, labels: "Team A" }, "labels"],
    ["markings that are no ids", { ...indicator, object_marking_refs: ["tlp:red"] }, "object_marking_refs"],
    ["references that are no objects", { ...indicator, external_references: ["x"] }, "external_references"],
    ["another spec_version", { ...indicator, spec_version: "3.0" }, "spec_version"],
    ["revoked as a word", { ...indicator, revoked: "true" }, "revoked"],
    ["a numeric name", { ...indicator, name: 1 }, "name"],
    ["an identity without name", { ...common, id: `identity--${uuid}`, type: "identity" }, "name"],
  ])("with %s names the property", (_case, object, property) => {
    expect(validateObject(object)).toEqual([textLike(`Error for Property=${property}: `)]);
  });

  it("shows the offending value, cut short", () => {
    const [message = ""] = validateObject({ ...indicator, spec_version: "y".repeat(5000) });

    expect(message).toMatch(/Actual value: y{200}\.$/);
  });
});
