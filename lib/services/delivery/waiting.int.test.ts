import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { bulkAsSystem } from "@/lib/db/scope";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { pushConfirm } from "@/lib/jobs/push-confirm.job";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { sweep } from "@/lib/services/scheduling/sweep";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { peekWait, type PaceKey } from "./pace";
import { resumePush } from "./resume-push";
import { apply, connect, push, someValues, unvouch, vouch, type Vouched } from "./testing/desk";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

/** As though all that the push waits for were over. */
const letTimePass = (id: string) =>
  database.asOwner(async (client) => {
    await client.query("UPDATE push SET wake_at = now() - interval '1 second' WHERE id = $1", [id]);
    await client.query("UPDATE bucket SET blocked_until = NULL");
  });
/** How often the push was announced. */
const announced = (id: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM outbox WHERE job = 'push.deliver' AND data->>'pushId' = $1",
      [id],
    );
    return rows[0]?.count ?? 0;
  });

describe("a push that a destination throttles", () => {
  it("waits as long as it was told to, also when part of the batch was judged before", async () => {
    await remote.control("PUT", "switches", {
      defenderInvalidValue: "request",
    });
    await remote.control("POST", "faults", {
      match: { path: "*/import" },
      skip: 1,
      answer: "defender-throttled",
      headers: { "retry-after": "2" },
    });
    const bad: Vouched = { type: "domain", value: `${"a".repeat(64)}.bad-site.net` };
    await vouch(team, [...someValues(20), bad], { name: "Feed" });

    expect(await push(actor, defender)).toMatchObject({ state: "done", counts: { accepted: 20, failed: 1 } });

    const [refused, throttled, next] = await remote.writes();
    expect([refused?.status, throttled?.status, next?.status]).toEqual([400, 429, 200]);
    expect(Date.parse(next?.at ?? "") - Date.parse(throttled?.at ?? "")).toBeGreaterThanOrEqual(2_000);
  });

  it("gives its worker back when the wait is long, and goes on once that is over", async () => {
    await remote.control("POST", "faults", {
      match: { path: "*/import" },
      answer: "defender-throttled",
      headers: { "retry-after": "30" },
    });
    await vouch(team, someValues(3), { name: "Feed" });
    const id = await apply(actor, defender);
    const startedAt = Date.now();

    expect(await deliverPush(id, { signal })).toBe("waiting");

    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(await getPush(actor, id)).toMatchObject({ state: "running", counts: { accepted: 0 } });
    expect((await getPush(actor, id)).message).toContain("Sending goes on by itself");
    expect(await deliverPush(id, { signal })).toBe("busy");
    await sweep(new Date());
    expect(await announced(id)).toBe(1);

    await letTimePass(id);
    await sweep(new Date());
    expect(await announced(id)).toBe(2);
    expect(await deliverPush(id, { signal })).toBe("done");
    expect(await getPush(actor, id)).toMatchObject({ state: "done", counts: { accepted: 3 } });
  });
});

describe("a push whose destination another holds", () => {
  it("gives its worker back after a few seconds", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const id = await apply(actor, defender);
    const hold = (until: string) =>
      database.asOwner((client) =>
        client.query(`UPDATE destination SET lease_owner = gen_random_uuid(), lease_until = ${until}`),
      );
    await hold("now() + interval '1 minute'");

    expect(await deliverPush(id, { signal })).toBe("waiting");

    await hold("now() - interval '1 second'");
    await letTimePass(id);
    expect(await deliverPush(id, { signal })).toBe("done");
  });
});

describe("a push that fails for a reason that nobody foresaw", () => {
  const failFor = (minutes: number) =>
    database.asOwner(async (client) => {
      await client.query(
        "UPDATE push SET lease_until = NULL, failing_since = failing_since - make_interval(mins => $1)",
        [minutes],
      );
    });

  it("says so, is tried again by itself, and is left to a person when nothing else happens for long", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const id = await apply(actor, defender);
    const select = async (selection: object) => {
      await database.asOwner((client) =>
        client.query("UPDATE connector SET selection = $2 WHERE id = $1", [defender.id, selection]),
      );
    };
    await select({ maxTlp: "nonsense" });

    await expect(deliverPush(id, { signal })).rejects.toThrow();
    expect(await getPush(actor, id)).toMatchObject({
      state: "running",
      message: expect.stringContaining("tried again by itself") as unknown,
    });
    await failFor(29);
    await expect(deliverPush(id, { signal })).rejects.toThrow();
    expect(await getPush(actor, id)).toMatchObject({ state: "running" });
    await failFor(2);
    await expect(deliverPush(id, { signal })).rejects.toThrow();

    expect(await getPush(actor, id)).toMatchObject({
      state: "stopped",
      message: expect.stringContaining("look into the worker's log") as unknown,
    });
    await select(defender.selection);
    await resumePush({ pushId: id, teamId: team.id, doer: asDoer(actor) });
    expect(await deliverPush(id, { signal })).toBe("done");
    expect(await getPush(actor, id)).toMatchObject({ message: null, counts: { accepted: 3 } });
  });
});

it("plans and confirmations never wait behind pushes: they have a queue of their own", () => {
  expect([connectorPlan.queue, pushConfirm.queue]).not.toContain(pushDeliver.queue);
});

describe("a push that used up an hour's limit", () => {
  /** So many requests of these left half an hour ago. */
  const spend = (count: number) =>
    database.asOwner((client) =>
      client.query(
        `INSERT INTO bucket (destination_id, operation, tenant_id, client_id, sent_at)
         SELECT d.id, operation, d.tenant_id, c.client_id, ARRAY(SELECT now() - interval '30 minutes' FROM generate_series(1, $2))
         FROM connector c JOIN destination d ON d.id = c.destination_id,
           unnest(ARRAY['defender.delete', 'defender.batchDelete']) operation WHERE c.id = $1
         ON CONFLICT (destination_id, operation, tenant_id, client_id) DO UPDATE SET sent_at = excluded.sent_at`,
        [defender.id, count],
      ),
    );
  const values = someValues(2);
  const [recalled, gone] = values as [Vouched, Vouched];
  const there = async () => (await remote.defender()).map(({ indicatorValue }) => indicatorValue);

  it("says until when it stands, and a recall goes meanwhile", async () => {
    await vouch(team, values, { name: "Feed" });
    await push(actor, defender);
    await unvouch(team, [gone]);
    const id = await apply(actor, defender);
    await spend(1_425);

    expect(await deliverPush(id, { signal })).toBe("waiting");
    expect(await getPush(actor, id)).toMatchObject({
      waitingSince: expect.any(Date) as unknown,
      message: expect.stringMatching(
        /^Microsoft's limit for an hour is used up; sending goes on at \d\d:\d\d UTC\./,
      ) as unknown,
    });
    const target = readTarget("value", recalled.value);
    const recall = await createRecall(actor, team.id, { target, reason: "Ours.", until: null });
    await carryOutRecall(recall.id, { signal });
    const urgent = await database.asOwner(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        "SELECT id FROM push WHERE connector_id = $1 AND urgent",
        [defender.id],
      );
      return rows[0]?.id ?? "";
    });
    expect(await deliverPush(urgent, { signal })).toBe("done");
    expect(await there()).toEqual([gone.value]);

    await spend(1_424);
    await letTimePass(id);
    expect(await deliverPush(id, { signal })).toBe("done");
    expect(await there()).toEqual([]);
  });

  it("keeps to the whole limit with what is urgent, too", async () => {
    await spend(1_500);
    const key = await bulkAsSystem("delivery", async (client) => {
      const { rows } = await client.query<PaceKey>(
        `SELECT destination_id AS "destinationId", tenant_id AS "tenantId", client_id AS "clientId" FROM bucket LIMIT 1`,
      );
      return rows[0];
    });
    if (!key) throw new Error("There is no bucket.");

    const wish = { operation: "defender.delete", isUrgent: true } as const;
    const waitMs = await bulkAsSystem("delivery", (client) => peekWait(client, key, wish));
    expect(waitMs).toBeGreaterThan(29 * 60_000);
  });
});
