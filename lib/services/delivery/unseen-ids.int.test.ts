import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { connect, push, someValues, vouch } from "./testing/desk";

const database = useTestDatabase();
useSandbox(startSandbox);

describe("the id of a push, plan, connector or destination that no statistics have seen", () => {
  beforeAll(async () => {
    const team = await makeTeam();
    const actor = await makeActor([[team, "owner"]]);
    await vouch(team, someValues(1_500), { name: "Seen" });
    await push(actor, await connect(actor, team, "defender"));
  });

  it.each([
    ["plan_item", "plan_id"],
    ["push_item", "push_id"],
    ["receipt", "connector_id"],
    ["claim", "connector_id"],
    ["budget_entry", "connector_id"],
    ["remote_record", "destination_id"],
  ] as const)("is not taken for one row of %s, so that the whole key is looked up", (table, column) =>
    database.asOwner(async (client) => {
      await client.query(`ANALYZE ${table}`);
      const { rows } = await client.query<Record<string, string>>(
        `EXPLAIN SELECT FROM ${table} WHERE ${column} = '${randomUUID()}'`,
      );
      const [top = ""] = rows.map((row) => row["QUERY PLAN"]);
      expect(Number(/rows=(\d+)/.exec(top)?.[1])).toBeGreaterThan(1);
    }),
  );
});
