import { describe, expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam } from "@/lib/testing/people";

import { openCopy } from "./copy";
import { bulkAsTeam } from "./scope";
import { watchStatements } from "./watch-statements";

useTestDatabase();

const LOOK_UP = `SELECT i.id -- by its value
  FROM indicator i WHERE i.value = ANY ($1::text[])`;

describe("watching what a connection is asked", () => {
  it("counts calls, time and rows by statement, a COPY too, and not what comes after it", async () => {
    const team = await makeTeam();
    const seen = await bulkAsTeam(team.id, async (client) => {
      const watch = watchStatements(client);
      for (const last of [2, 3]) await client.query("SELECT generate_series(1, $1::int)", [last]);
      await client.query("CREATE TEMPORARY TABLE half (value text) ON COMMIT DROP");
      const copy = openCopy(client, "half", ["value"]);
      for (const value of ["a", "b", "c"]) await copy.write([value]);
      await copy.end();
      await client.query("SELECT pg_sleep(0.02)");
      const found = { costs: watch.costs(), total: watch.total() };
      watch.stop();
      await client.query("SELECT 'afterwards'");
      return { ...found, after: watch.total() };
    });

    const bySql = new Map(seen.costs.map((cost) => [cost.sql, cost]));
    expect(bySql.get("SELECT generate_series(1, $1::int)")).toMatchObject({ calls: 2, rows: 5 });
    expect(bySql.get("COPY half (value) FROM STDIN")).toMatchObject({ calls: 1, rows: 3 });
    expect(bySql.get("SELECT pg_sleep(0.02)")?.ms).toBeGreaterThanOrEqual(20);
    const times = seen.costs.map(({ ms }) => ms);
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    expect(seen.after).toEqual(seen.total);
  });

  it("says how PostgreSQL carries out what took long, and nothing of what was asked for", async () => {
    const team = await makeTeam();
    const costs = await bulkAsTeam(team.id, async (client) => {
      const watch = watchStatements(client, { explainAfterMs: 0 });
      await client.query(LOOK_UP, [["evil.example.com"]]);
      await client.query("SET LOCAL work_mem = '8MB'");
      await client.query({ text: "SELECT $1::text AS one", values: ["evil.example.com"] });
      watch.stop();
      return watch.costs();
    });

    const cost = costs.find(({ sql }) => sql.startsWith("SELECT i.id FROM indicator"));
    expect(cost?.sql).toBe("SELECT i.id FROM indicator i WHERE i.value = ANY ($1::text[])");
    expect(cost?.plan?.join("\n")).toMatch(/Scan of indicator.*: \d+ rows/);
    expect(cost?.analysedAt).toHaveProperty("indicator");
    expect(costs.find(({ sql }) => sql.startsWith("SET"))?.plan).toBeNull();
    expect(JSON.stringify(costs)).not.toContain("evil");
  });

  it("leaves a failure to whoever asked, and the connection as it was", async () => {
    const team = await makeTeam();
    const attempt = bulkAsTeam(team.id, async (client) => {
      const watch = watchStatements(client, { explainAfterMs: 0 });
      await client.query("SELECT 1 / $1::int", [0]).finally(watch.stop);
    });

    await expect(attempt).rejects.toThrow("division by zero");
    expect(await bulkAsTeam(team.id, (client) => Promise.resolve(Object.hasOwn(client, "query")))).toBe(
      false,
    );
  });
});
