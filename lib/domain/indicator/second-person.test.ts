import { describe, expect, it } from "vitest";

import { ACTIONS } from "@/lib/domain/connector/actions";

import { needsSecondPerson } from "./second-person";

describe("needsSecondPerson", () => {
  it.each([null, ...ACTIONS])("asks nobody while it is off, and always when it is for all: %s", (action) => {
    const rule = { connectorActions: ["Block"] };

    expect(needsSecondPerson({ action }, { ...rule, secondPerson: "off" })).toBe(false);
    expect(needsSecondPerson({ action }, { ...rule, secondPerson: "all" })).toBe(true);
  });

  it.each([
    ["Block", [], true],
    ["BlockAndRemediate", [], true],
    ["Warn", ["Block"], false],
    ["Audit", ["Block"], false],
    ["Allowed", ["BlockAndRemediate"], false],
    // A blank wish is no way round: what the connector would do counts.
    [null, ["Audit", "Block"], true],
    [null, ["BlockAndRemediate"], true],
    [null, ["Audit", "Warn"], false],
    [null, [], false],
  ] as const)("for what may block: wish %s, connectors %j", (action, connectorActions, expected) => {
    expect(needsSecondPerson({ action }, { secondPerson: "block", connectorActions })).toBe(expected);
  });
});
