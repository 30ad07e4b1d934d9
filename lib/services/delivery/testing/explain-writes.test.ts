import { describe, expect, it } from "vitest";

import { explainWrites } from "./explain-writes";
import type { Asked, Wish } from "./read-asked";
import type { Received } from "./remote";

const START = Date.parse("2026-11-29T12:00:00Z");
const at = (seconds: number): number => START + seconds * 1_000;

/** Applied at second 10 by application a, and settled at 20. */
const wish = (change: Partial<Wish> = {}): Wish => ({
  ...{ operation: "add", action: "Audit", severity: "Low", groups: [], clientId: "a" },
  ...{ appliedAt: at(10), endedAt: at(20), state: "accepted" },
  ...change,
});
const later = { appliedAt: at(30), endedAt: at(40) };
const removal = { ...later, operation: "remove", action: null, severity: null, state: "removed" } as const;
const asked = (wishes: readonly Wish[], more: Partial<Asked> = {}): Asked => ({
  ...{ refreshes: [], removals: [] },
  wishes: new Map([
    ["defender planned.example", wishes],
    ["sentinel planned.example", wishes],
  ]),
  ...more,
});
const rest = {
  ours: new Map([
    ["1", { value: "planned.example", clientId: "a" }],
    ["2", { value: "other.example", clientId: "a" }],
  ]),
  strangers: new Set(["9"]),
};

const request = (seconds: number, change: Partial<Received>): Received => ({
  at: new Date(START).toISOString(),
  receivedAt: new Date(at(seconds)).toISOString(),
  method: "POST",
  path: "/defender/api/indicators",
  headers: { "user-agent": "Sluice" },
  status: 200,
  fault: null,
  principal: { clientId: "a" },
  bearer: "a",
  body: null,
  ...change,
});
const item = (change: object = {}) => ({
  ...{ indicatorValue: "planned.example", action: "Audit", severity: "Low" },
  ...{ rbacGroupNames: [], expirationTime: "2027-02-27T12:00:00Z" },
  ...change,
});
const put = (seconds: number, change: object = {}, more: Partial<Received> = {}) =>
  request(seconds, { body: item(change), ...more });
const importOf = (seconds: number, ...items: object[]) =>
  request(seconds, { path: "/defender/api/indicators/import", body: { Indicators: items } });
const batchDelete = (seconds: number, ...ids: string[]) =>
  request(seconds, { path: "/defender/api/indicators/BatchDelete", body: { IndicatorIds: ids } });
const remove = (seconds: number, id: string) =>
  request(seconds, { method: "DELETE", path: `/defender/api/indicators/${id}` });
const upload = (seconds: number, value: string, until = "2027-02-27T12:00:00Z") => {
  const pattern = `[domain-name:value = '${value}']`;
  const object = { type: "indicator", pattern, modified: "2026-11-29T12:00:00Z", valid_until: until };
  return request(seconds, {
    path: "/sentinel/workspaces/w/threat-intelligence-stix-objects:upload",
    body: { stixobjects: [{ type: "identity" }, object] },
  });
};
const AT_ONCE = "2026-11-29T12:00:00Z";
const other = { principal: { clientId: "b" } };

describe("a request that puts something there", () => {
  it.each<[string, Received, readonly Wish[], string[]]>([
    ["while a plan that has it is open is explained", put(15), [wish()], []],
    [
      "that no plan has is not",
      put(15, { indicatorValue: "x.example" }),
      [wish()],
      ["a put x.example, which no plan of its had then"],
    ],
    [
      "with others in one import counts by itself",
      importOf(15, item(), item({ indicatorValue: "x.example" })),
      [wish()],
      ["a put x.example, which no plan of its had then"],
    ],
    [
      "by another application than whose plan has it is not",
      put(15, {}, other),
      [wish()],
      ["b put planned.example, which no plan of its had then"],
    ],
    [
      "before the plan was applied is not",
      put(9),
      [wish()],
      ["a put planned.example, which no plan of its had then"],
    ],
    [
      "once more after it was settled is not",
      put(25),
      [wish()],
      ["planned.example was put there when no plan was open"],
    ],
    [
      "after it was taken away again is not",
      put(45),
      [wish(), wish(removal)],
      ["a put planned.example, which no plan of its had then"],
    ],
    [
      "for a removal of its own is not",
      put(35),
      [wish(), wish(removal)],
      ["planned.example was put there when no plan was open"],
    ],
    [
      "for those who are left when another leaves is",
      put(35),
      [wish(), wish({ ...removal, clientId: "b" })],
      [],
    ],
    [
      "with another action than planned is not",
      put(15, { action: "Block" }),
      [wish()],
      ["planned.example was put there as Block, which nobody wanted then"],
    ],
    [
      "with the stricter action of another's plan is",
      put(35, { action: "Block" }),
      [wish(), wish({ ...later, clientId: "b", action: "Block" })],
      [],
    ],
    [
      "with an action that was changed since is not",
      put(45),
      [
        wish(),
        wish({ ...later, operation: "change", action: "Block" }),
        wish({ ...removal, clientId: "b", appliedAt: at(44), endedAt: null }),
      ],
      ["planned.example was put there as Audit, which nobody wanted then"],
    ],
    [
      "with another severity than planned is not",
      put(15, { severity: "High" }),
      [wish()],
      ["planned.example was put there with severity High, which nobody wanted then"],
    ],
    [
      "under other device groups than planned is not",
      put(15, { rbacGroupNames: ["Servers"] }),
      [wish()],
      ["a put planned.example, which no plan of its had then"],
    ],
    [
      "under those of the rule is",
      put(15, { rbacGroupNames: ["Servers"] }),
      [wish({ groups: ["Servers"] })],
      [],
    ],
    ["at the portal is not ours to explain", put(15, { action: "Block" }, { headers: {} }), [wish()], []],
    ["and was never let in changed nothing", put(15, { action: "Block" }, { principal: null }), [wish()], []],
    ["at a workspace is explained as well", upload(15, "planned.example"), [wish()], []],
    [
      "at a workspace for no plan is not",
      upload(15, "x.example"),
      [wish()],
      ["a put x.example, which no plan of its had then"],
    ],
    [
      "at a workspace once more, for nothing, is not",
      upload(25, "planned.example"),
      [wish()],
      ["planned.example was put there when no plan was open"],
    ],
  ])("%s", (_name, write, wishes, expected) => {
    expect(explainWrites([write], { ...rest, asked: asked(wishes) })).toEqual(expected);
  });
});

describe("a request that takes something away", () => {
  it.each<[string, readonly Received[], readonly Wish[], string[]]>([
    ["while a removal is open is explained", [remove(35, "1")], [wish(), wish(removal)], []],
    [
      "before that was applied is not",
      [remove(25, "1")],
      [wish(), wish(removal)],
      ["planned.example was deleted for no plan"],
    ],
    ["for an addition is not", [remove(15, "1")], [wish()], ["planned.example was deleted for no plan"]],
    ["to make it anew at once is", [remove(15, "1"), put(16)], [wish()], []],
    [
      "and makes it anew when the plan is over is not",
      [remove(15, "1"), put(35)],
      [wish(), wish({ ...later, operation: "change" })],
      ["planned.example was deleted for no plan"],
    ],
    ["since a person came after the plan is", [remove(15, "1")], [wish({ state: "removed" })], []],
    [
      "that another application made is not",
      [{ ...remove(35, "1"), ...other }],
      [wish(), wish({ ...removal, clientId: "b" })],
      ["planned.example was deleted by another application than made it"],
    ],
    ["that came and went unseen is", [remove(5, "77")], [], []],
    ["of no plan is not", [remove(35, "2")], [wish(removal)], ["other.example was deleted for no plan"]],
    [
      "of somebody else’s is not",
      [remove(35, "9")],
      [wish(removal)],
      ["the record 9 of somebody else was deleted"],
    ],
    [
      "counts for each id of a batch",
      [batchDelete(35, "1", "9")],
      [wish(removal)],
      ["the record 9 of somebody else was deleted"],
    ],
    [
      "by letting it expire counts as well",
      [put(35, { expirationTime: "2026-11-29T12:15:00Z" })],
      [wish(), wish(removal)],
      [],
    ],
    [
      "by letting it expire for no removal is not",
      [put(15, { expirationTime: "2026-11-29T12:15:00Z" })],
      [wish()],
      ["a ended planned.example, which nobody wanted then"],
    ],
    ["by its end at a workspace is", [upload(35, "planned.example", AT_ONCE)], [wish(), wish(removal)], []],
    [
      "by its end for an addition is not",
      [upload(15, "planned.example", AT_ONCE)],
      [wish()],
      ["a ended planned.example, which nobody wanted then"],
    ],
  ])("%s", (_name, writes, wishes, expected) => {
    expect(explainWrites(writes, { ...rest, asked: asked(wishes) })).toEqual(expected);
  });
});

describe("what is written without a plan", () => {
  const refreshed = (count: number, clientId = "a") =>
    asked([wish()], { refreshes: [{ clientId, at: at(30), count }] });
  const decided = (clientId = "a", seconds = 30) =>
    asked([], {
      removals: [{ clientId, at: at(seconds), records: [{ remoteId: "2", value: "other.example" }] }],
    });

  it.each<[string, readonly Received[], Asked, string[]]>([
    ["a refresh explains what is sent as it stands", [upload(28, "planned.example")], refreshed(1), []],
    [
      "it does not explain what comes after it",
      [upload(35, "planned.example")],
      refreshed(1),
      ["planned.example was put there when no plan was open"],
    ],
    [
      "nor more than it says",
      [upload(28, "planned.example")],
      refreshed(0),
      ["planned.example was refreshed beyond what the audit log has"],
    ],
    [
      "nor what another application sends",
      [upload(28, "planned.example")],
      refreshed(1, "b"),
      ["planned.example was put there when no plan was open"],
    ],
    [
      "nor anything at Defender",
      [put(28)],
      refreshed(1),
      ["planned.example was put there when no plan was open"],
    ],
    ["a removal of what nobody knows of explains its deletion", [remove(35, "2")], decided(), []],
    [
      "whichever way it is removed",
      [put(35, { indicatorValue: "other.example", expirationTime: "2026-11-29T12:15:00Z" })],
      decided(),
      [],
    ],
    [
      "not before a person decided it",
      [remove(25, "2")],
      decided(),
      ["other.example was deleted for no plan"],
    ],
    [
      "and for the application that made it alone",
      [{ ...remove(35, "2"), ...other }],
      decided(),
      ["other.example was deleted by another application than made it"],
    ],
  ])("%s", (_name, writes, given, expected) => {
    expect(explainWrites(writes, { ...rest, asked: given })).toEqual(expected);
  });
});
