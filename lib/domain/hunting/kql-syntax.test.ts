import { expect, it } from "vitest";
import { z } from "zod";

import { findKqlFlaws } from "@/lib/testing/parse-kql";

import { analyticsRules, workbook } from "./arm";
import { countOurs, defenderQueries, sentinelQueries } from "./kql";

const TEAMS = [
  ["a plain team", { team: "Blue", sourceSystem: "Sluice" }],
  ["a team with a difficult name", { team: `Blue" | search * //'\\\n]`, sourceSystem: "Sluice" }],
] as const;

const ruleSchema = z.object({ properties: z.object({ displayName: z.string(), query: z.string() }) });
const bookSchema = z.object({ properties: z.object({ serializedData: z.string() }) });
const notebookSchema = z.object({
  items: z.array(z.object({ name: z.string(), content: z.object({ query: z.string().optional() }) })),
});

/** As Azure reads it: a text that begins with a bracket is written with one more. */
const fromArm = (text: string): string => text.replace(/^\[\[/, "[");

it.each(TEAMS)("every query that is given out for %s is one to Microsoft's own parser", (_what, ours) => {
  const rules = z.array(ruleSchema).parse(analyticsRules(ours).resources);
  const [book] = z.array(bookSchema).parse(workbook(ours).resources);
  const { items } = notebookSchema.parse(JSON.parse(fromArm(book?.properties.serializedData ?? "")));
  const queries = [
    ...sentinelQueries(ours),
    { id: "count", query: countOurs(ours) },
    ...[null, "{feeds} by {team}, {type}"].flatMap((titleTemplate) =>
      defenderQueries({ team: ours.team, titleTemplate }),
    ),
    ...rules.map(({ properties: { displayName, query } }) => ({ id: displayName, query: fromArm(query) })),
    ...items.flatMap(({ name, content: { query } }) => (query === undefined ? [] : [{ id: name, query }])),
  ];
  expect(queries.length).toBeGreaterThan(20);
  for (const { id, query } of queries) expect([id, findKqlFlaws(query)]).toEqual([id, []]);
});

it("a slip in one is found", () => {
  expect(findKqlFlaws("Heartbeat | where (Computer == 'a' | take 3")).toEqual(["Expected: )"]);
  expect(findKqlFlaws("Heartbeat | wher Computer == 'a'")).toContain("Query operator expected.");
});
