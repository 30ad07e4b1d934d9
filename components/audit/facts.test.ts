import { describe, expect, it } from "vitest";

import { describeEntry } from "./facts";

const ID = "0199b7a0-0000-7000-8000-000000000000";
const PUSH = {
  connectorId: ID,
  planned: 962,
  accepted: 960,
  removed: 0,
  failed: 2,
  skipped: 0,
  message: null,
};

describe("an entry of the activity", () => {
  it.each<[string, unknown, string, string]>([
    ["push.done", PUSH, "A push ended: 960 accepted, 2 failed.", "planned: 962"],
    [
      "push.stop",
      { ...PUSH, accepted: 0, message: "The quota is full." },
      "A push stopped, 2 failed. The quota is full.",
      "planned: 962",
    ],
    ["push.leave-out", { connectorId: ID, count: 3 }, "Ended a push without 3 records, never answered.", ""],
    [
      "connector.drift-decide",
      { count: 1, choice: "adopt", action: "BlockAndRemediate" },
      "Decided about 1 record that somebody changed at Microsoft: adopt.",
      "action: Block and remediate",
    ],
    [
      "connector.stop",
      { reason: "Testing the brake." },
      "Switched a connector's sending off: Testing the brake.",
      "",
    ],
    [
      "allowlist.entry.add",
      { list: "Own", value: "a.example", comment: "", until: "2026-12-24T10:00:00.000Z" },
      "Put a.example on the allowlist “Own”.",
      "until: 2026-12-24 10:00 UTC",
    ],
    [
      "allowlist.entry.add",
      { list: "Own", values: ["a", "b"], count: 2, comment: "known", until: null },
      "Put 2 values on the allowlist “Own”: known.",
      "values: a, b",
    ],
    [
      "indicator.add",
      { added: 1, changed: 0, rejected: 0 },
      "Added to the team's own list: 1 value new.",
      "",
    ],
    ["connector.test", { ok: true, failed: [] }, "Tested a connection.", "ok"],
    ["connector.test", { ok: false, failed: ["Token"] }, "Tested a connection; failed: Token.", ""],
    [
      "connector.try",
      { ok: false, failed: ["Token"], kind: "defender", tenantId: ID },
      "Tried what a connector was to sign in with; failed: Token.",
      `kind: defender · tenant id: ${ID}`,
    ],
    [
      "connector.try",
      { ok: false, failed: [], cutShort: true, kind: "defender" },
      "Tried what a connector was to sign in with.",
      "cut short · kind: defender",
    ],
    [
      "plan.apply",
      { connector: "D", hash: "a".repeat(64), plan: ID, add: 1200, change: 0, remove: 3 },
      "Applied a plan for “D”: 1,200 to add, 3 to remove.",
      "",
    ],
    [
      "connector.create",
      { name: "D", tenantId: ID, gate: null, rules: 0 },
      "Connected “D”.",
      `tenant id: ${ID}`,
    ],
    [
      "team.rules",
      { before: { secondPerson: "off" }, after: { secondPerson: "on" } },
      "Changed the team's rules.",
      "before: second person: off · after: second person: on",
    ],
    ["some.new-thing", { name: "X" }, "Some new thing.", "name: X"],
    [
      "connector.update",
      { name: "D", changed: ["deviceGroups", "mode"] },
      "Changed the connector “D”: device groups, mode.",
      "",
    ],
    [
      "indicator.withdraw",
      { type: 1, value: "a.example", reason: "The lab is over." },
      "Withdrew a.example: The lab is over.",
      "",
    ],
    ["session.close", null, "Signed out.", ""],
  ])("%s %j says what happened", (action, detail, sentence, facts) => {
    expect(describeEntry(action, detail)).toEqual({ sentence, facts });
  });

  it("never says that there is nothing", () => {
    const { sentence, facts } = describeEntry("push.done", { message: null, planned: 0 });
    expect(`${sentence} ${facts}`).not.toContain("null");
  });

  it("cuts what is too long", () => {
    expect(describeEntry("x", { values: "y".repeat(1_000) }).facts).toHaveLength(401);
  });
});
