import { type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { type World } from "../world";

import { admitArm, scopeOf, STABLE_VERSIONS } from "./arm-access";
import { patternTypeOf } from "./pattern";
import { isActive, textOf, textsOf, type StixRow } from "./stix-row";
import { queryable } from "./visible";

/** `GET /main/metrics`: active indicators counted by threat type, pattern type and source. */
export const getMetrics = async (call: Call, world: World): Promise<Reply> => {
  const { workspace } = await admitArm(call, world, STABLE_VERSIONS);
  const rows = queryable(world, workspace.workspaceId).filter(
    (row) => textOf(row, "type") === "indicator" && isActive(row, world.now()),
  );
  const lastUpdated =
    rows
      .map((row) => row.timeGenerated)
      .sort()
      .at(-1) ?? world.now().toISOString();
  return json(200, {
    value: [
      {
        id: `${scopeOf(workspace)}/main/metrics`,
        type: "Microsoft.SecurityInsights/threatIntelligence/metrics",
        properties: {
          lastUpdatedTimeUtc: lastUpdated,
          threatTypeMetrics: count(rows, (row) => textsOf(row, "indicator_types")),
          patternTypeMetrics: count(rows, (row) => [
            patternTypeOf(
              row.observableKey === null
                ? null
                : { key: row.observableKey, value: row.observableValue ?? "" },
            ),
          ]),
          sourceMetrics: count(rows, (row) => [row.sourceSystem]),
        },
      },
    ],
  });
};

const count = (rows: readonly StixRow[], namesOf: (row: StixRow) => string[]) => {
  const counts = new Map<string, number>();
  for (const name of rows.flatMap(namesOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([metricName, metricValue]) => ({ metricName, metricValue }));
};
