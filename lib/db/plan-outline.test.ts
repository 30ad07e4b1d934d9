import { describe, expect, it } from "vitest";

import { outlinePlan } from "./plan-outline";

const EXPLAINED = [
  {
    Plan: {
      "Node Type": "Nested Loop",
      "Join Type": "Left",
      "Plan Rows": 1,
      "Join Filter": "(i.value = 'evil.example.com')",
      Output: ["i.value"],
      Plans: [
        { "Node Type": "Function Scan", "Function Name": "unnest", Alias: "asked", "Plan Rows": 100 },
        {
          "Node Type": "Index Scan",
          "Relation Name": "attribution",
          "Index Name": "attribution_live",
          "Index Cond": "(feed_id = '7e000001-0a1b-4c2d-8e3f-000000000001')",
          "Plan Rows": 12,
        },
        { "Node Type": "Seq Scan", "Relation Name": "indicator", Filter: "(key = 'x')", "Plan Rows": 9 },
      ],
    },
    Settings: { work_mem: "4MB" },
  },
];

describe("outlinePlan", () => {
  it("says step by step how tables are read and how many rows are reckoned with", () => {
    expect(outlinePlan(EXPLAINED)).toEqual({
      steps: [
        "Nested Loop (Left): 1 rows",
        "  Function Scan of unnest: 100 rows",
        "  Index Scan of attribution by attribution_live: 12 rows",
        "  Seq Scan of indicator: 9 rows",
      ],
      tables: ["attribution", "indicator"],
    });
  });

  it("tells nothing of what was asked for", () => {
    expect(JSON.stringify(outlinePlan(EXPLAINED))).not.toMatch(/evil|7e000001|'/);
  });

  it("is no longer than can be read", () => {
    const wide = { "Node Type": "Append", "Plan Rows": 1, Plans: Array(500).fill(EXPLAINED[0]?.Plan) };
    expect(outlinePlan([{ Plan: wide }]).steps).toHaveLength(60);
  });
});
