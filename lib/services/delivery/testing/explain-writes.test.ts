import { describe, expect, it } from "vitest";

import { explainWrites } from "./explain-writes";
import type { Asked, Wish } from "./read-asked";
import type { Received } from "./remote";

const START = Date.parse("2026-11-29T12:00:00Z");
const at = (seconds: number): number => START + seconds * 1_000;
/** In ninety days. */
const END = 90 * 24 * 3_600;

/** Applied at second 10 by application a, and settled at 20. */
const wish = (change: Partial<Wish> = {}): Wish => ({
  ...{ operation: "add", action: "Audit", severity: "Low", groups: [], clientId: "a" },
  ...{ endsAt: at(END), words: { team: "Team A", feeds: ["List"], confidence: 80 } },
  ...{ appliedAt: at(10), endedAt: at(20), state: "accepted" },
  ...change,
});
const later = { appliedAt: at(30), endedAt: at(40) };
const removal: Partial<Wish> = {
  ...later,
  operation: "remove",
  state: "removed",
  ...{ action: null, severity: null, endsAt: null, words: null },
};
const asked = (wishes: readonly Wish[], more: Partial<Asked> = {}): Asked => ({
  ...{ refreshes: [], trials: [], removals: [] },
  wishes: new Map([
    ["defender planned.example", wishes],
    ["sentinel planned.example", wishes],
  ]),
  ...more,
});
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
  records: [],
  body: null,
  ...change,
});
/** What others did by then: records stand there. */
const before = request(1, {
  headers: {},
  records: [
    { id: "1", value: "planned.example", createdBy: "a" },
    { id: "2", value: "other.example", createdBy: "a" },
  ],
});
const explain = (writes: readonly Received[], given: Asked) => explainWrites([before, ...writes], given);
const TITLE = "[Team A] List · Domain · 80";
const DESCRIPTION = "Feeds: List. Teams: Team A. https://sluice.example/indicators/1";
const item = (change: object = {}) => ({
  ...{ indicatorValue: "planned.example", action: "Audit", severity: "Low" },
  ...{ rbacGroupNames: [], expirationTime: new Date(at(END)).toISOString() },
  ...{ title: TITLE, description: DESCRIPTION },
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
const upload = (seconds: number, value: string, until = new Date(at(END)).toISOString(), name = TITLE) => {
  const pattern = `[domain-name:value = '${value}']`;
  const object = { type: "indicator", pattern, modified: "2026-11-29T12:00:00Z", valid_until: until, name };
  return request(seconds, {
    path: "/sentinel/workspaces/w/threat-intelligence-stix-objects:upload",
    body: { stixobjects: [{ type: "identity" }, object] },
  });
};
const IN_AN_HOUR = "2026-11-29T13:00:00Z";
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
      "until another moment than planned is not",
      put(15, { expirationTime: "2027-01-01T00:00:00Z" }),
      [wish()],
      ["planned.example was put there until 2027-01-01T00:00:00.000Z, which nobody wanted then"],
    ],
    [
      "until the later end of another's plan is",
      put(35),
      [wish({ endsAt: at(END / 2) }), wish({ ...later, clientId: "b" })],
      [],
    ],
    [
      "in words that are none of ours is not",
      put(15, { title: "Something" }),
      [wish()],
      ["planned.example was put there naming “Something”, which nobody who wanted it said then"],
    ],
    [
      "in another team's name is not",
      put(15, { title: "[Team B] List · Domain · 80" }),
      [wish()],
      ["planned.example was put there naming Team B, which nobody who wanted it said then"],
    ],
    [
      "and describes it by a feed that does not name it is not",
      put(15, { description: "Feeds: List, Secret. Teams: Team A." }),
      [wish()],
      ["planned.example was put there naming Secret, which nobody who wanted it said then"],
    ],
    [
      "and is surer of it than anybody is not",
      put(15, { title: "[Team A] List · Domain · 90" }),
      [wish()],
      ["planned.example was put there naming confidence 90, which nobody who wanted it said then"],
    ],
    [
      "for two teams is, in the words of either",
      put(35, {
        title: "[Team A +1] Domain · 80",
        description: "Teams: Team A, Team B. https://sluice.example",
      }),
      [wish(), wish({ ...later, clientId: "b", words: { team: "Team B", feeds: [], confidence: 50 } })],
      [],
    ],
    [
      "at a workspace in another team's name is not",
      upload(15, "planned.example", new Date(at(END)).toISOString(), "[Team B] List · Domain · 80"),
      [wish()],
      ["planned.example was put there naming Team B, which nobody who wanted it said then"],
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
    expect(explain([write], asked(wishes))).toEqual(expected);
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
    [
      "that came and went at once is not, where nobody wanted that",
      [put(15, {}, { records: [{ id: "77", value: "planned.example", createdBy: "a" }] }), remove(16, "77")],
      [wish()],
      ["planned.example was deleted for no plan"],
    ],
    [
      "that no request made is not",
      [remove(5, "77")],
      [],
      ["the record 77, which no request made, was deleted"],
    ],
    ["of no plan is not", [remove(35, "2")], [wish(removal)], ["other.example was deleted for no plan"]],
    [
      "of somebody else’s is not",
      [remove(35, "9")],
      [wish(removal)],
      ["the record 9, which no request made, was deleted"],
    ],
    [
      "counts for each id of a batch",
      [batchDelete(35, "1", "9")],
      [wish(removal)],
      ["the record 9, which no request made, was deleted"],
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
    expect(explain(writes, asked(wishes))).toEqual(expected);
  });
});

describe("what is written without a plan", () => {
  const refreshed = (count: number, clientId = "a") =>
    asked([wish()], { refreshes: [{ clientId, at: at(30), count }] });
  const tried = () => asked([], { trials: [{ clientId: "a", at: at(30), value: "other.example" }] });
  const decided = (clientId = "a", seconds = 30) =>
    asked([], {
      removals: [
        { clientId, at: at(seconds), isByPerson: true, records: [{ remoteId: "2", value: "other.example" }] },
      ],
    });

  it.each<[string, readonly Received[], Asked, string[]]>([
    ["a refresh explains what is sent as it stands", [upload(32, "planned.example")], refreshed(1), []],
    [
      "it does not explain what came before its entry",
      [upload(28, "planned.example")],
      refreshed(1),
      ["planned.example was put there when no plan was open"],
    ],
    [
      "nor what comes long after it",
      [upload(95, "planned.example")],
      refreshed(1),
      ["planned.example was put there when no plan was open"],
    ],
    [
      "nor more than it says",
      [upload(32, "planned.example")],
      refreshed(0),
      ["planned.example was refreshed beyond what the audit log has"],
    ],
    [
      "nor what another application sends",
      [upload(32, "planned.example")],
      refreshed(1, "b"),
      ["planned.example was put there when no plan was open"],
    ],
    [
      "nor anything at Defender",
      [put(32)],
      refreshed(1),
      ["planned.example was put there when no plan was open"],
    ],
    [
      "a trial explains the record that it makes, and that it takes that away",
      [put(31, { indicatorValue: "other.example", expirationTime: IN_AN_HOUR }), remove(32, "2")],
      tried(),
      [],
    ],
    [
      "not before its entry",
      [put(29, { indicatorValue: "other.example", expirationTime: IN_AN_HOUR })],
      tried(),
      ["a ended other.example, which nobody wanted then"],
    ],
    [
      "nor another value",
      [put(31, { indicatorValue: "x.example" })],
      tried(),
      ["a put x.example, which no plan of its had then"],
    ],
    [
      "nor what another application does",
      [{ ...remove(32, "2"), ...other }],
      tried(),
      ["other.example was deleted by another application than made it"],
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
    expect(explain(writes, given)).toEqual(expected);
  });
});
