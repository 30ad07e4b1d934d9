import { randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { bulkAsSystem, bulkAsTeam } from "@/lib/db/scope";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorTypeCode } from "@/lib/domain/indicator/types";
import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam } from "@/lib/testing/people";

import { keepSweepOut } from "./generation";
import { openRegistrar, type Registrar } from "./registrar";

useTestDatabase();

const run = randomUUID().slice(0, 8);
const domain = indicatorTypeCode("domain");
const newValue = (name: string, index: number) => {
  const value = `${String(index)}.${name}-${run}.example`;
  return { key: indicatorId("domain", value), type: domain, value };
};
const addMany = async (registrar: Registrar, name: string, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await registrar.add(newValue(name, index));
};
const countOf = (teamId: string, name: string): Promise<number> =>
  bulkAsTeam(teamId, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM indicator WHERE value LIKE $1",
      [`%.${name}-${run}.example`],
    );
    return rows[0]?.count ?? 0;
  });

test("adds what is new, each value once, and what was there stays as it was", async () => {
  const { id } = await makeTeam();
  const registrar = openRegistrar(id);
  await addMany(registrar, "once", 26_000);
  await addMany(registrar, "once", 30_000);

  expect(await registrar.end()).toBe(true);
  expect(await countOf(id, "once")).toBe(30_000);
});

test("adds a short list, too, and says when there was nothing", async () => {
  const { id } = await makeTeam();
  const registrar = openRegistrar(id);
  await addMany(registrar, "short", 100);

  expect(await registrar.end()).toBe(true);
  expect(await countOf(id, "short")).toBe(100);
  expect(await openRegistrar(id).end()).toBe(false);
});

test("has nobody wait for the run that brought a value first", async () => {
  const [one, other] = [await makeTeam(), await makeTeam()];
  const outcome = await bulkAsTeam(one.id, async (client) => {
    await keepSweepOut(client);
    const registrar = openRegistrar(one.id);
    await addMany(registrar, "shared", 25_001);
    await registrar.end();
    // The first run is not over.
    return bulkAsTeam(other.id, async (second) => {
      await second.query("SELECT set_config('lock_timeout', '2s', true)");
      const { key, type, value } = newValue("shared", 7);
      return second.query(
        "INSERT INTO indicator (key, type, value) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING",
        [key, type, value],
      );
    });
  });
  expect(outcome.rowCount).toBe(0);
});

test("is safe from the sweep of orphans as long as its run is under way", async () => {
  const { id } = await makeTeam();
  const sweep = () =>
    bulkAsSystem("operations", (client) =>
      client.query("LOCK TABLE indicator IN SHARE ROW EXCLUSIVE MODE NOWAIT"),
    );
  await bulkAsTeam(id, async (client) => {
    await keepSweepOut(client);
    await expect(sweep()).rejects.toMatchObject({ code: "55P03" });
  });
});

test("tells what went wrong, and adds nothing after it", async () => {
  const { id } = await makeTeam();
  const registrar = openRegistrar(id);
  await registrar.add({ key: "no uuid", type: domain, value: "x.example" });
  await addMany(registrar, "broken", 60_000);

  await expect(registrar.end()).rejects.toThrow(/uuid/);
  expect(await countOf(id, "broken")).toBe(0);
});

test("adds no more once it is abandoned", async () => {
  const { id } = await makeTeam();
  const registrar = openRegistrar(id);
  await registrar.abandon();
  await addMany(registrar, "left", 30_000);
  await registrar.end();

  expect(await countOf(id, "left")).toBe(0);
});
