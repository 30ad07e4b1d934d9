import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import {
  apply,
  connect,
  CONTOSO,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { letTimePass } from "./testing/hardship";

// A service that frees the place of what was deleted only a while later, at a tenant without one to spare.

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const LAG_MS = 20_000;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let standing: Vouched[];
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender", { mode: "automatic" });
  standing = someValues(3);
  await seedCapacity(3);
  await vouch(team, standing, { name: "Feed" });
  await push(actor, defender);
  await lag(LAG_MS);
});

const seedCapacity = (capacity: number) => remote.control("POST", "seed", { tenantId: CONTOSO, capacity });
const lag = (defenderCapacityLagMs: number) => remote.control("PUT", "switches", { defenderCapacityLagMs });
const deliver = (pushId: string) => deliverPush(pushId, { signal });
/** So many seconds later, at the service and here. */
const pass = async (seconds: number): Promise<void> => {
  await remote.control("PUT", "clock", { advanceMs: seconds * 1_000 });
  await letTimePass();
};
const waitOf = (pushId: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ seconds: number }>(
      "SELECT extract(epoch FROM wake_at - clock_timestamp())::float8 AS seconds FROM push WHERE id = $1",
      [pushId],
    );
    return rows[0]?.seconds ?? 0;
  });
const isKnownFull = (): Promise<boolean> =>
  database.asOwner(async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM destination WHERE jsonb_typeof(capacity->'full') = 'object'",
    );
    return rowCount !== 0;
  });
const actions = async () => (await remote.defender()).map(({ action }) => action);
const valuesThere = async () =>
  (await remote.defender()).map(({ indicatorValue }) => indicatorValue).toSorted();
const valuesOf = (values: readonly Vouched[]) => values.map(({ value }) => value).toSorted();
const blockInstead = () => updateConnector(actor, defender, { action: "Block" });
const access = () => {
  const [own] = actor.teams;
  if (!own) throw new Error("The actor has no team.");
  return own;
};
const save = (value: string) => addLocalIndicators(actor, access(), [{ value }]);
const planned = async (): Promise<string> => {
  const outcome = await planUrgent(defender.id);
  if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${JSON.stringify(outcome)}.`);
  return outcome.pushId;
};

describe("what was deleted to be made anew at a full tenant", () => {
  it("is made once its place is free, and nobody calls it refused meanwhile", async () => {
    await blockInstead();
    const id = await apply(actor, defender);

    expect(await deliver(id)).toBe("waiting");
    expect(await actions()).toEqual([]);
    expect(await getPush(actor, id)).toMatchObject({
      ...{ state: "running", counts: { planned: 3, accepted: 0, failed: 0 } },
      message: expect.stringContaining("may still take its place") as unknown,
      waitingSince: expect.any(Date) as unknown,
    });
    const { receipts } = await listReceipts(defender, { limit: 10, after: null });
    expect(receipts.map(({ state }) => state)).toEqual(["pending", "pending", "pending"]);
    expect(await isKnownFull()).toBe(false);
    expect(await waitOf(id)).toBeGreaterThan(25);

    await pass(30);
    expect(await deliver(id)).toBe("done");
    expect(await actions()).toEqual(["Block", "Block", "Block"]);
    expect(await getPush(actor, id)).toMatchObject({
      ...{ state: "done", counts: { planned: 3, accepted: 3, failed: 0 } },
      waitingSince: null,
    });
  });

  it("is refused at last where no place comes free, and planned for again", async () => {
    await lag(3_600_000);
    await blockInstead();
    const id = await apply(actor, defender);

    const outcomes = [await deliver(id)];
    while (outcomes.at(-1) === "waiting" && outcomes.length < 10) {
      await pass(31);
      outcomes.push(await deliver(id));
    }

    expect(outcomes).toEqual(["waiting", "waiting", "waiting", "done"]);
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 0, failed: 3 } });
    expect(await isKnownFull()).toBe(true);
    await lag(0);
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 3 });
    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 3, failed: 0 });
    expect(await actions()).toEqual(["Block", "Block", "Block"]);
  });

  it("is made by whichever worker has it next", async () => {
    await blockInstead();
    const id = await apply(actor, defender);
    await deliver(id);
    await pass(5);

    expect(await deliver(id)).toBe("waiting");
    expect(await actions()).toEqual([]);

    await pass(30);
    expect(await deliver(id)).toBe("done");
    expect(await actions()).toEqual(["Block", "Block", "Block"]);
  });

  it("is not put there any more where its feed lets go of it while it waits", async () => {
    const [wrong, ...others] = standing;
    if (!wrong) throw new Error("A value is missing.");
    await blockInstead();
    const id = await apply(actor, defender);
    await deliver(id);
    await unvouch(team, [wrong]);

    await pass(30);
    await deliver(id);

    expect(await valuesThere()).toEqual(valuesOf(others));
  });
});

describe("what takes the place of others at a full tenant", () => {
  it("goes there once the place is free", async () => {
    const news = someValues(3);
    await unvouch(team, standing);
    await vouch(team, news, { name: "News" });
    const id = await apply(actor, defender);

    expect(await deliver(id)).toBe("waiting");
    expect(await getPush(actor, id)).toMatchObject({ counts: { removed: 3, accepted: 0, failed: 0 } });

    await pass(30);
    expect(await deliver(id)).toBe("done");
    expect(await valuesThere()).toEqual(valuesOf(news));
  });

  it("is refused at once where nothing of ours was deleted there", async () => {
    await database.asOwner((client) => client.query("UPDATE destination SET capacity = NULL, budget = NULL"));
    await vouch(team, someValues(2), { name: "News" });
    const id = await apply(actor, defender);

    expect(await deliver(id)).toBe("done");
    expect(await getPush(actor, id)).toMatchObject({ counts: { planned: 2, accepted: 0, failed: 2 } });
    expect(await isKnownFull()).toBe(true);
  });
});

describe("what is urgent", () => {
  const SAVED = "saved.example.net";

  it("does not wait behind a push that waits for room", async () => {
    await seedCapacity(4);
    await updateConnector(actor, defender, { action: "Block" });
    const ordinary = await apply(actor, defender);
    await deliver(ordinary);
    await seedCapacity(5);
    await save(SAVED);

    expect(await deliver(await planned())).toBe("done");
    expect(await valuesThere()).toContain(SAVED);
    expect(await getPush(actor, ordinary)).toMatchObject({ state: "running" });
  });

  it("is tried often while it waits for room itself, before what is not urgent has the place", async () => {
    await blockInstead();
    const ordinary = await apply(actor, defender);
    await deliver(ordinary);
    await save(SAVED);
    const urgent = await planned();

    expect(await deliver(urgent)).toBe("waiting");
    expect(await waitOf(urgent)).toBeLessThan(await waitOf(ordinary));
    await pass(LAG_MS / 1_000);
    expect(await deliver(urgent)).toBe("done");
    expect(await valuesThere()).toEqual([SAVED]);
  });

  it("goes out beside another save that waits for room, and a withdrawal does", async () => {
    await blockInstead();
    await deliver(await apply(actor, defender));
    await save(SAVED);
    const urgent = await planned();
    expect(await deliver(urgent)).toBe("waiting");
    await seedCapacity(10);
    await save("second.example.net");

    expect(await deliver(await planned())).toBe("done");
    expect(await valuesThere()).toEqual(["second.example.net"]);

    await withdrawIndicator(actor, access(), {
      indicatorId: indicatorId("domain", SAVED),
      reason: "Wrong.",
    });
    await deliver(await planned());
    await pass(10);
    await deliver(urgent);
    expect(await valuesThere()).toEqual(["second.example.net"]);
  });
});
