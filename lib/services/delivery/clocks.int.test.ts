import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { announceRecalls } from "@/lib/services/recalls/announce-recalls";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { listStrangers } from "@/lib/services/reconcile/list-strangers";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { getWithheld } from "@/lib/services/withheld/list-withheld";
import { liftEndedHolds } from "@/lib/services/withheld/hold-end";
import { withhold } from "@/lib/services/withheld/withhold";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { confirmConnector } from "./confirm-connector";
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
const signal = new AbortController().signal;

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

const TEN_MINUTES_MS = 10 * 60_000;
/** This process is ten minutes ahead of the database from now on. */
const runAhead = (): void => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + TEN_MINUTES_MS, shouldAdvanceTime: true });
};
/** It is ten minutes behind; the sandbox, which is of the same process here, keeps the right time. */
const runBehind = async (): Promise<void> => {
  await remote.control("PUT", "clock", { offsetMs: TEN_MINUTES_MS });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - TEN_MINUTES_MS, shouldAdvanceTime: true });
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

describe("what ended at Sentinel by the database's clock", () => {
  let sentinel: ConnectorView;
  beforeEach(async () => {
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    sentinel = await connect(actor, team, "sentinel");
    await push(actor, sentinel);
    await confirmConnector(sentinel.id, { signal });
    await unvouch(team, values);
    await push(actor, sentinel);
  });

  it("is gone for a worker ten minutes behind, which never has it removed another way", async () => {
    await runBehind();

    expect(await confirmConnector(sentinel.id, { signal })).toMatchObject({ gone: 2, unconfirmed: 0 });
  });

  it("is no stranger for a worker ten minutes behind", async () => {
    await confirmConnector(sentinel.id, { signal });
    await remote.control("PUT", "switches", { sentinelQueryInactive: "show" });
    await runBehind();

    expect(await reconcileConnector(sentinel.id, { signal })).toMatchObject({ status: "compared" });
    expect(await listStrangers(sentinel, { limit: 10, after: null })).toMatchObject({ strangers: [] });
  });
});

it("what a person saved a moment ago is planned first, also by a worker ten minutes ahead", async () => {
  const defender = await connect(actor, team, "defender", { mode: "automatic" });
  const [access] = actor.teams;
  if (!access) throw new Error("The actor has no team.");
  await addLocalIndicators(
    actor,
    access,
    someValues(1).map(({ value }) => ({ value })),
  );
  runAhead();

  expect(await planAndApply(defender.id)).toMatchObject({ status: "left" });
});

describe("what ends in five minutes, as told by a person", () => {
  const until = () => new Date(Date.now() + 5 * 60_000);

  it("is still held back by a worker ten minutes ahead", async () => {
    const [access] = actor.teams;
    if (!access) throw new Error("The actor has no team.");
    const feed = await vouch(team, someValues(1), { name: "Feed" });
    const target = { scope: "feed", id: feed } as const;
    const hold = await withhold(actor, access, { target, reason: "Wrong.", until: until() });
    runAhead();

    expect(await liftEndedHolds()).toBe(0);

    vi.useRealTimers();
    expect(await getWithheld(actor, hold.id)).toMatchObject({ liftedAt: null });
  });

  it("is still recalled, and carried out, by a worker ten minutes ahead", async () => {
    const values = someValues(1);
    await vouch(team, values, { name: "Feed" });
    await push(actor, await connect(actor, team, "defender"));
    const target = readTarget("value", values[0]?.value ?? "");
    const { id } = await createRecall(actor, team.id, { target, reason: "Ours.", until: until() });
    runAhead();

    await announceRecalls();
    expect(await carryOutRecall(id, { signal })).toEqual({ matched: 1, pushes: 1 });

    vi.useRealTimers();
    const { rows } = await database.asOwner((client) =>
      client.query<{ lapsed: boolean }>("SELECT lapsed FROM recall WHERE id = $1", [id]),
    );
    expect(rows).toEqual([{ lapsed: false }]);
  });
});

const uploadSchema = z.object({ stixobjects: z.array(z.object({ valid_until: z.coerce.date() })) });
