import fc from "fast-check";
import { afterEach, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asTeam } from "@/lib/db/scope";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { confirmConnector } from "./confirm-connector";
import { deliverPush } from "./deliver-push";
import { listReceipts } from "./list-receipts";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { forgetDestinations } from "./testing/desk";
import { dieAtStatement, revive } from "./testing/die-at-statement";
import { endure, findOverLimit, letTimePass, valuesOf } from "./testing/hardship";
import { lookAt } from "./testing/remote";
import {
  carryOutRecalls,
  desiredOf,
  makeWorld,
  sideOf,
  toggleHold,
  toggleRecall,
  toggleSending,
  type Side,
  type World,
} from "./testing/world";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
afterEach(revive);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

const VALUES = 3;
const RUNS = 6;
const SEED = 20_261_129;

const FAULTS = [
  { status: 500, body: "" },
  { status: 429, headers: { "retry-after": "1" }, body: {} },
  { reset: true },
  { reset: true, processed: true },
  { answer: "gateway-html" },
] as const;
const SENDING = ["*/import", "*/BatchDelete", "*/indicators", "*:upload"] as const;
/** Removals that are answered as if they were carried out, and that are again. */
const DELETING = [
  { defenderDelete: "batch-lies" },
  { sentinelEnd: "lies" },
  { defenderDelete: "removes", sentinelEnd: "ends" },
] as const;

const place = fc.nat({ max: VALUES - 1 });
/** The first team, with a connector to each destination, or the second, with one to the same tenant. */
const side = fc.nat({ max: 1 });
/** One of the three connectors. */
const at = fc.nat({ max: 2 });
/** What matters is what happens between adding and delivering, so these come most. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: fc.constant("add" as const), side, place },
      severity: fc.constantFrom("Low", "High"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("deliver" as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("withdraw" as const), side, place }) },
  // What is done already is undone.
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("recall" as const), place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hold" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("switch" as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("lie" as const), deleting: fc.constantFrom(...DELETING) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ kind: fc.constant("fault" as const), fault: fc.constantFrom(...FAULTS) },
      path: fc.constantFrom(...SENDING),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ kind: fc.constant("die" as const), at },
      statement: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("look" as const), at }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const makeSide = async (): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const [access] = actor.teams;
  if (!access) throw new Error("The actor has no team.");
  return { team, actor, access, wanted: new Set() };
};

const begin = async (): Promise<World> => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    await client.query("UPDATE push SET state = 'done', urgent = false WHERE state <> 'done'");
  });
  return makeWorld([await makeSide(), await makeSide()], VALUES);
};

/** Rates are no subject here; those of one minute are over at the service and here. */
const minutePasses = async (): Promise<void> => {
  await remote.control("PUT", "clock", { advanceMs: 61_000 });
  await database.asOwner((client) => client.query("TRUNCATE bucket"));
  await letTimePass();
};

const openPushes = (connector: ConnectorView): Promise<{ id: string; urgent: boolean }[]> =>
  asTeam(connector.teamId, (tx) =>
    tx.push.findMany({
      where: { connectorId: connector.id, state: { in: ["queued", "running"] } },
      orderBy: [{ urgent: "desc" }, { queuedAt: "asc" }],
      select: { id: true, urgent: true },
    }),
  );

/** One worker's turn with a connector: it plans what it can, and sends what is open, each push once. */
const takeTurn = async (world: World, connector: ConnectorView): Promise<void> => {
  await carryOutRecalls(world);
  await planUrgent(connector.id);
  await planAndApply(connector.id);
  for (const { id } of await openPushes(connector)) await deliverPush(id, { signal });
};

/** What was removed and is shown all the same is overdue by then. */
const patienceEnds = (): Promise<unknown> =>
  database.asOwner((client) =>
    client.query("UPDATE receipt SET removed_at = removed_at - interval '21 minutes'"),
  );

const carryOut = async (world: World, given: Step): Promise<void> => {
  const { connectors, values, sides, recalls } = world;
  const value = "place" in given ? (values[given.place] ?? "") : "";
  const connector = ("at" in given ? connectors[given.at] : undefined) ?? connectors[0];
  const { actor, access, wanted } = sides["side" in given && given.side === 1 ? 1 : 0];
  switch (given.kind) {
    case "add":
      // What is recalled for the team is refused.
      if (given.side === 0 && recalls.has(value)) break;
      await addLocalIndicators(actor, access, [{ value, severity: given.severity, action: "Audit" }]);
      wanted.add(value);
      break;
    case "withdraw":
      if (!wanted.delete(value)) break;
      await withdrawIndicator(actor, access, { indicatorId: indicatorId("domain", value), reason: "Wrong." });
      break;
    case "recall":
      await toggleRecall(world, value);
      break;
    case "hold":
      await toggleHold(world);
      break;
    case "switch":
      await toggleSending(world, connector);
      break;
    case "lie":
      await remote.control("PUT", "switches", given.deleting);
      break;
    case "wait":
      await patienceEnds();
      break;
    case "fault":
      await remote.control("POST", "faults", { match: { path: given.path }, ...given.fault });
      break;
    case "deliver":
      await minutePasses();
      await takeTurn(world, connector);
      break;
    case "die":
      await minutePasses();
      dieAtStatement(given.statement);
      await takeTurn(world, connector).catch(() => undefined);
      revive();
      break;
    case "look":
      await confirmConnector(connector.id, { signal });
      break;
  }
};

/** Whether workers and people found anything left to do. */
const work = async (world: World): Promise<boolean> => {
  const { connectors } = world;
  await minutePasses();
  await patienceEnds();
  for (const { id } of connectors) await confirmConnector(id, { signal });
  const open = [];
  for (const connector of connectors)
    for (const push of await openPushes(connector)) open.push({ ...push, connector });
  // All others stand back for what is urgent, of whatever connector.
  for (const { id, connector } of open.sort((one, other) => Number(other.urgent) - Number(one.urgent))) {
    const { actor } = sideOf(world, connector);
    expect(await endure(actor, connector, id, { mend: () => Promise.resolve() })).toBe("done");
  }
  let isBusy = open.length > 0;
  for (const { id } of connectors)
    if ((await planUrgent(id)).status === "applied" || (await planAndApply(id)).status !== "unchanged")
      isBusy = true;
  return isBusy;
};

/** Faults and lies stop, what was switched off is on again, and workers go on until there is nothing left to do. */
const settle = async (world: World): Promise<void> => {
  await remote.control("DELETE", "faults");
  await remote.control("PUT", "switches", { defenderDelete: "removes", sentinelEnd: "ends" });
  for (const connector of [...world.off]) await toggleSending(world, connector);
  await carryOutRecalls(world);
  for (let round = 0; round < 12; round += 1) if (!(await work(world))) break;
};

const audited = async ({ sides }: World): Promise<ReadonlySet<string>> => {
  const { rows } = await database.asOwner((client) =>
    client.query<{ value: string }>(
      `SELECT DISTINCT v.value FROM audit_entry a JOIN push p ON p.id::text = a.subject_id
       JOIN push_item i ON i.push_id = p.id JOIN indicator v ON v.id = i.indicator_id
       WHERE a.action = 'plan.apply' AND a.team_id = ANY ($1)`,
      [sides.map(({ team }) => team.id)],
    ),
  );
  return new Set(rows.map(({ value }) => value));
};

const receiptStates = async (connector: ConnectorView): Promise<ReadonlyMap<string, string>> => {
  const { receipts } = await listReceipts(connector, { limit: 50, after: null });
  return new Map(receipts.map(({ value, state }) => [value, state]));
};

/** Throws where something is not as people want it, or is not told truly; gives how many values were looked at. */
const judge = async (world: World): Promise<number> => {
  const { connectors, values } = world;
  const [first, second] = [desiredOf(world, 0), desiredOf(world, 1)];
  expect((await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort()).toEqual(
    [...new Set([...first, ...second])].sort(),
  );
  const inSentinel = (await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1]).sort();
  expect(inSentinel).toEqual([...first].sort());
  for (const connector of connectors) {
    const desired = connector === connectors[2] ? second : first;
    const before = await receiptStates(connector);
    for (const value of values) {
      const expected = desired.includes(value)
        ? /accepted|visible/
        : // One that was lost when another team's went, and is not wanted any more, stays failed.
          /withdrawing|gone|skipped|failed|never/;
      expect([value, before.get(value) ?? "never"]).toEqual([value, expect.stringMatching(expected)]);
    }
    expect(await confirmConnector(connector.id, { signal })).toMatchObject({ unconfirmed: 0, problem: null });
  }
  const journal = await remote.journal();
  expect(findOverLimit(journal)).toEqual([]);
  const explained = await audited(world);
  for (const value of new Set(journal.flatMap(valuesOf)))
    expect([value, explained.has(value)]).toEqual([value, true]);
  return values.length;
};

it("whatever people and faults did, what stands is what they want, receipts tell the truth, and the audit explains every write", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 24 }), async (steps) => {
      const world = await begin();
      for (const given of steps) await carryOut(world, given);
      await settle(world);
      expect(await judge(world)).toBe(VALUES);
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  );
}, 480_000);
