import { describe, expect, it } from "vitest";

import { explainWrites } from "./explain-writes";
import type { Received } from "./remote";

const wish = { operation: "add", action: "Audit", severity: "Low", clientId: "a" };
const evidence = {
  asked: new Map([
    [
      "defender planned.example",
      [wish, { ...wish, operation: "remove", action: null, severity: null, clientId: "b" }],
    ],
    ["sentinel planned.example", [wish]],
  ]),
  ours: new Map([
    ["1", "planned.example"],
    ["2", "other.example"],
  ]),
  strangers: [{ id: "9" }],
};

const request = (change: Partial<Received>): Received => ({
  at: "2026-11-29T12:00:00Z",
  method: "POST",
  path: "/defender/api/indicators",
  headers: { "user-agent": "Sluice" },
  status: 200,
  fault: null,
  principal: { clientId: "a" },
  body: null,
  ...change,
});
const item = (change: object = {}) => ({
  ...{ indicatorValue: "planned.example", action: "Audit", severity: "Low" },
  ...change,
});
const put = (change: object, more: Partial<Received> = {}) => request({ body: item(change), ...more });
const importOf = (...items: object[]) =>
  request({ path: "/defender/api/indicators/import", body: { Indicators: items } });
const batchDelete = (...ids: string[]) =>
  request({ path: "/defender/api/indicators/BatchDelete", body: { IndicatorIds: ids } });
const remove = (id: string) => request({ method: "DELETE", path: `/defender/api/indicators/${id}` });
const upload = (value: string) =>
  request({
    path: "/sentinel/workspaces/w/threat-intelligence-stix-objects:upload",
    body: {
      stixobjects: [{ type: "identity" }, { type: "indicator", pattern: `[domain-name:value = '${value}']` }],
    },
  });

describe("a request that changes something", () => {
  it.each<[string, Received, string[]]>([
    ["what a plan had is explained", put({}), []],
    [
      "a value of no plan is not",
      put({ indicatorValue: "x.example" }),
      ["a put x.example, which no plan of its had"],
    ],
    [
      "each item of an import counts",
      importOf(item(), item({ indicatorValue: "x.example" })),
      ["a put x.example, which no plan of its had"],
    ],
    [
      "a plan of another application is none",
      put({}, { principal: { clientId: "b" } }),
      ["b put planned.example, which no plan of its had"],
    ],
    [
      "another action than planned is not",
      put({ action: "Block" }),
      ["planned.example was put there as Block, which nobody wanted"],
    ],
    [
      "another severity than planned is not",
      put({ severity: "High" }),
      ["planned.example was put there with severity High, which nobody wanted"],
    ],
    ["a removal of ours that plans were about is", remove("1"), []],
    ["one that came and went unseen is", remove("77"), []],
    ["one for no plan is not", remove("2"), ["other.example was deleted for no plan"]],
    ["one of somebody else's is not", remove("9"), ["the record 9 of somebody else was deleted"]],
    ["each id of a batch counts", batchDelete("1", "9"), ["the record 9 of somebody else was deleted"]],
    ["an upload of a plan is", upload("planned.example"), []],
    ["one of no plan is not", upload("x.example"), ["a uploaded x.example, which no plan of its had"]],
    [
      "what somebody does at the portal is not ours to explain",
      put({ action: "Block" }, { headers: {} }),
      [],
    ],
    ["what was never let in changed nothing", put({ action: "Block" }, { principal: null }), []],
  ])("%s", (_name, asked, expected) => {
    expect(explainWrites([asked], evidence)).toEqual(expected);
  });
});
