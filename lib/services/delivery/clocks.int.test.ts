import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { z } from "zod";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import {
  apply,
  connect,
  deliverToTheEnd,
  forgetDestinations,
  push,
  someValues,
  unvouch,
  vouch,
} from "./testing/desk";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});
afterEach(() => {
  vi.useRealTimers();
});

/** This process is ten minutes ahead of the database from now on. */
const runAhead = (): void => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10 * 60_000, shouldAdvanceTime: true });
};
const timesOf = (pushId: string) =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ at: Date }>(
      `SELECT u.queued_at AS at FROM push u WHERE u.id = $1
       UNION ALL SELECT p.applied_at FROM push u JOIN plan p ON p.id = u.plan_id WHERE u.id = $1
       UNION ALL SELECT changed_at FROM receipt WHERE push_id = $1
       UNION ALL SELECT removed_at FROM receipt WHERE push_id = $1`,
      [pushId],
    );
    return rows.map(({ at }) => at.getTime());
  });

it("what is compared among workers bears the database's time, whatever theirs says", async () => {
  const values = someValues(2);
  await vouch(team, values, { name: "Feed" });
  const sentinel = await connect(actor, team, "sentinel");
  await push(actor, sentinel);
  await unvouch(team, values);
  const before = Date.now();
  runAhead();

  const id = await apply(actor, sentinel);
  expect(await deliverToTheEnd(id)).toBe("done");

  vi.useRealTimers();
  const soon = before + 60_000;
  expect(Math.max(...(await timesOf(id)))).toBeLessThan(soon);
  const removal = uploadSchema.parse((await remote.writes()).at(-1)?.body);
  const ends = removal.stixobjects.map((one) => one.valid_until.getTime());
  expect(ends).toHaveLength(2);
  expect(Math.max(...ends)).toBeLessThan(soon);
});

const uploadSchema = z.object({ stixobjects: z.array(z.object({ valid_until: z.coerce.date() })) });
