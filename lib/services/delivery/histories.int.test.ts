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
import { planAndApply } from "./plan-and-apply";
import { planUrgent } from "./plan-urgent";
import { connect, forgetDestinations, someValues } from "./testing/desk";
import { dieAtStatement, revive } from "./testing/die-at-statement";
import { endure, findOverLimit, letTimePass, valuesOf } from "./testing/hardship";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
afterEach(revive);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

const VALUES = 4;
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

const place = fc.nat({ max: VALUES - 1 });
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), place, severity: fc.constantFrom("Low", "High") }),
  fc.record({ kind: fc.constant("withdraw" as const), place }),
  fc.record({
    kind: fc.constant("fault" as const),
    fault: fc.constantFrom(...FAULTS),
    path: fc.constantFrom(...SENDING),
  }),
  fc.record({ kind: fc.constant("deliver" as const), at: fc.nat({ max: 1 }) }),
  fc.record({
    kind: fc.constant("die" as const),
    at: fc.nat({ max: 1 }),
    statement: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ kind: fc.constant("look" as const), at: fc.nat({ max: 1 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A team with a connector to each destination, both automatic, and what its people did so far. */
const begin = async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const [access] = actor.teams;
  if (!access) throw new Error("The actor has no team.");
  const connectors = [
    await connect(actor, team, "defender", { mode: "automatic" }),
    await connect(actor, team, "sentinel", { mode: "automatic" }),
  ] as const;
  const values = someValues(VALUES).map(({ value }) => value);
  return { team, actor, access, connectors, values, wanted: new Set<string>() };
};
type World = Awaited<ReturnType<typeof begin>>;

/** Rates are no subject here; those of one minute are over at the service and here. */
const minutePasses = async (): Promise<void> => {
  await remote.control("PUT", "clock", { advanceMs: 61_000 });
  await database.asOwner((client) => client.query("TRUNCATE bucket"));
  await letTimePass();
};

const openPushes = ({ team }: World, connector: ConnectorView): Promise<{ id: string }[]> =>
  asTeam(team.id, (tx) =>
    tx.push.findMany({
      where: { connectorId: connector.id, state: { in: ["queued", "running"] } },
      orderBy: [{ urgent: "desc" }, { queuedAt: "asc" }],
      select: { id: true },
    }),
  );

/** One worker's turn with a connector: it plans what it can, and sends what is open, each push once. */
const takeTurn = async (world: World, connector: ConnectorView): Promise<void> => {
  await planUrgent(connector.id);
  await planAndApply(connector.id);
  for (const { id } of await openPushes(world, connector)) await deliverPush(id, { signal });
};

const carryOut = async (world: World, given: Step): Promise<void> => {
  const { actor, access, connectors, values, wanted } = world;
  const value = "place" in given ? (values[given.place] ?? "") : "";
  const connector = "at" in given ? connectors[given.at === 0 ? 0 : 1] : connectors[0];
  switch (given.kind) {
    case "add":
      await addLocalIndicators(actor, access, [{ value, severity: given.severity, action: "Audit" }]);
      wanted.add(value);
      break;
    case "withdraw":
      if (!wanted.delete(value)) break;
      await withdrawIndicator(actor, access, { indicatorId: indicatorId("domain", value), reason: "Wrong." });
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

/** The faults stop, and workers go on until there is nothing left to do. */
const settle = async (world: World): Promise<void> => {
  await remote.control("DELETE", "faults");
  for (const connector of world.connectors)
    for (let turn = 0; turn < 8; turn += 1) {
      await minutePasses();
      for (const { id } of await openPushes(world, connector))
        expect(await endure(world.actor, connector, id, { mend: () => Promise.resolve() })).toBe("done");
      const ahead = await planUrgent(connector.id);
      if (ahead.status === "applied") continue;
      if ((await planAndApply(connector.id)).status === "unchanged") break;
    }
};

const audited = async ({ team }: World): Promise<ReadonlySet<string>> => {
  const { rows } = await database.asOwner((client) =>
    client.query<{ value: string }>(
      `SELECT DISTINCT v.value FROM audit_entry a JOIN push p ON p.id::text = a.subject_id
       JOIN push_item i ON i.push_id = p.id JOIN indicator v ON v.id = i.indicator_id
       WHERE a.action = 'plan.apply' AND a.team_id = $1`,
      [team.id],
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
  const { connectors, values, wanted } = world;
  const desired = [...wanted].sort();
  expect((await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort()).toEqual(desired);
  const inSentinel = (await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1]).sort();
  expect(inSentinel).toEqual(desired);
  for (const connector of connectors) {
    const before = await receiptStates(connector);
    for (const value of values) {
      if (wanted.has(value))
        expect([value, before.get(value)]).toEqual([value, expect.stringMatching(/accepted|visible/)]);
      else
        expect([value, before.get(value) ?? "never"]).toEqual([
          value,
          expect.stringMatching(/withdrawing|gone|skipped|never/),
        ]);
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
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
      const world = await begin();
      for (const given of steps) await carryOut(world, given);
      await settle(world);
      expect(await judge(world)).toBe(VALUES);
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  );
}, 240_000);
