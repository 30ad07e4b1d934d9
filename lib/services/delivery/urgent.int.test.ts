import { randomUUID } from "node:crypto";

import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Destination } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import { asSystem, asTeam, bulkAsTeam } from "@/lib/db/scope";
import { asDoer, SYSTEM, type Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { withhold } from "@/lib/services/withheld/withhold";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { untilSomebodyWaits } from "@/lib/testing/until-somebody-waits";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import {
  announceForgottenUrgent,
  announceUrgentSql,
  MOST_URGENT,
} from "@/lib/services/planning/announce-urgent";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import {
  apply,
  connect,
  CONTOSO,
  deliverMeanwhile,
  deliverToTheEnd,
  forgetDestinations,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { endUrgentPushes } from "./testing/end-pushes";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
let sandbox: Sandbox;
let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let mine: Vouched;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  await sandbox.close();
});
const remote = lookAt(() => sandbox.url);
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    await endUrgentPushes(client);
  });
  // A new one each time: what is older comes first in a push.
  mine = { type: "domain", value: `saved-${randomUUID()}.net` };
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender", { mode: "automatic" });
});

const access = () => {
  const [team] = actor.teams;
  if (!team) throw new Error("The actor has no team.");
  return team;
};
const save = (changes: Record<string, unknown> = {}) =>
  addLocalIndicators(actor, access(), [{ value: mine.value, ...changes }]);
const withdraw = (reason = "Wrong.") =>
  withdrawIndicator(actor, access(), { indicatorId: indicatorId(mine.type, mine.value), reason });
const planned = async (connector = defender): Promise<string> => {
  const outcome = await planUrgent(connector.id);
  if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
  return outcome.pushId;
};
/** The numbers of its rows. */
const idsOf = ({ type, value }: Vouched): Promise<string[]> =>
  bulkAsTeam(team.id, async (client) => {
    const { rows } = await client.query<{ id: string }>("SELECT id FROM indicator WHERE key = $1", [
      indicatorId(type, value),
    ]);
    return rows.map(({ id }) => id);
  });
/** As a save does that leaves the value as it is. */
const askFor = async (one: Vouched): Promise<void> => {
  const ids = await idsOf(one);
  await bulkAsTeam(team.id, (client) => announceUrgentSql(client, team.id, ids));
};
const announced = (job: string) =>
  asSystem("delivery", async (tx) =>
    (await tx.outbox.findMany({ where: { job }, select: { data: true } })).map(({ data }) => data),
  );
const forgetJobs = () => asSystem("delivery", (tx) => tx.outbox.deleteMany({}));
const waiting = () => asTeam(team.id, (tx) => tx.urgentItem.count({ where: { teamId: team.id } }));
const receiptOf = async (connector: ConnectorView) =>
  (await listReceipts(connector, { limit: 10, after: null })).receipts.find(
    ({ value }) => value === mine.value,
  );
const requestsOf = async () => (await remote.writes()).map(({ path }) => path.split("/").at(-1));

describe("what a person saves while a push of the connector is under way", () => {
  it("goes out before the rest of it, by a request of its own at Defender", async () => {
    await vouch(team, someValues(600), { name: "List" });
    const ordinary = await apply(actor, defender);

    await deliverMeanwhile(ordinary, async () => {
      await save();
      const urgent = await planned();
      // The batch under way is not overtaken; its answers are written down first.
      void deliverToTheEnd(urgent);
    });

    expect(await requestsOf()).toEqual(["import", "indicators", "import"]);
    expect(await receiptOf(defender)).toMatchObject({
      state: "accepted",
      remoteId: expect.any(String) as unknown,
    });
    expect(await getPush(actor, ordinary)).toMatchObject({ state: "done", counts: { accepted: 600 } });
  });

  it("goes out with the next upload at Sentinel", async () => {
    const sentinel = await connect(actor, team, "sentinel", { mode: "automatic" });
    await vouch(team, someValues(250), { name: "List" });
    const ordinary = await apply(actor, sentinel);

    await deliverMeanwhile(ordinary, async () => {
      await save();
      void deliverToTheEnd(await planned(sentinel));
    });

    const uploads = (await remote.writes()).map(({ body }) => JSON.stringify(body).includes(mine.value));
    expect(uploads).toEqual([false, true, false, false]);
  });

  it("lets that push remove before it adds all the same, so that a full tenant has room", async () => {
    await remote.control("POST", "seed", { tenantId: CONTOSO, foreign: 0, capacity: 4 });
    const former = someValues(3);
    await vouch(team, former, { name: "Former" });
    await push(actor, defender);
    await unvouch(team, former);
    await vouch(team, someValues(3), { name: "List" });
    const ordinary = await apply(actor, defender);
    let isFirst = true;

    await deliverToTheEnd(ordinary, (settings) => {
      const destination = openDestination(settings);
      const withdraw: Destination["withdraw"] = async (...args) => {
        // The removal is about to leave.
        if (isFirst) {
          isFirst = false;
          await save();
          void deliverToTheEnd(await planned());
        }
        return destination.withdraw(...args);
      };
      return { ...destination, withdraw };
    });

    expect((await requestsOf()).slice(1)).toEqual(["indicators", "BatchDelete", "import"]);
    expect(await getPush(actor, ordinary)).toMatchObject({
      state: "done",
      counts: { accepted: 3, removed: 3, failed: 0 },
    });
  });

  it("is not undone by what that push still holds of the same value", async () => {
    await vouch(team, [...someValues(600), mine], { name: "List" });
    const ordinary = await apply(actor, defender);

    await deliverMeanwhile(ordinary, async () => {
      await save({ action: "Block", severity: "High" });
      void deliverToTheEnd(await planned());
    });

    const found = (await remote.defender()).filter(({ indicatorValue }) => indicatorValue === mine.value);
    expect(found).toMatchObject([{ action: "Block", severity: "High" }]);
    const sent = (await remote.writes()).filter(({ body }) => JSON.stringify(body).includes(mine.value));
    expect(sent).toHaveLength(1);
    expect(await getPush(actor, ordinary)).toMatchObject({ counts: { accepted: 600, skipped: 1 } });
    expect(await receiptOf(defender)).toMatchObject({ state: "accepted" });
  });

  it("is taken back ahead of it, when it is withdrawn, and what waits of it is not sent", async () => {
    await vouch(team, someValues(600), { name: "List" });
    await push(actor, defender);
    // Younger than the list, so that its change is in the second batch.
    await save();
    await deliverToTheEnd(await planned());
    const ordinary = await apply(
      actor,
      await updateConnector(actor, defender, connectorPatchSchema.parse({ severity: "High" })),
    );
    const before = (await remote.writes()).length;

    await deliverMeanwhile(ordinary, async () => {
      await withdraw();
      void deliverToTheEnd(await planned());
    });

    const later = (await remote.writes()).slice(before);
    expect(
      later.map(({ method, path }) => `${method} ${path.replace(/\d+$/, "…").split("/").at(-1) ?? ""}`),
    ).toEqual(["POST import", "DELETE …", "POST import"]);
    expect(later.filter(({ body }) => JSON.stringify(body).includes(mine.value))).toEqual([]);
    expect(await getPush(actor, ordinary)).toMatchObject({ counts: { accepted: 600, skipped: 1 } });
    expect((await remote.defender()).map(({ indicatorValue }) => indicatorValue)).not.toContain(mine.value);
  });
});

describe("what is withdrawn at the very moment in which it leaves", () => {
  it.each(["withdrawn", "held back"])(
    "is removed ahead of the rest, though a plan that looked in between saw nothing of it: %s",
    async (how) => {
      const feed = await vouch(team, [mine], { name: "List" });
      const ordinary = await apply(actor, defender);
      const other = new Client({ connectionString: database.ownerUrl() });
      await other.connect();
      // Its request is about to leave, and waits for this row before it marks what it carries.
      await other.query("BEGIN");
      await other.query("SELECT FROM push_item WHERE push_id = $1 FOR UPDATE", [ordinary]);
      const delivered = deliverToTheEnd(ordinary);
      await untilSomebodyWaits(database);
      if (how === "withdrawn") await withdraw();
      else await withhold(actor, access(), { target: { scope: "feed", id: feed }, reason: "Wrong." });
      expect(await planUrgent(defender.id)).toEqual({ status: "unchanged" });
      await other.query("ROLLBACK");
      await other.end();

      expect(await delivered).toBe("done");
      await deliverToTheEnd(await planned());

      expect(await remote.defender()).toEqual([]);
    },
  );
});

describe("what goes ahead", () => {
  it("is what automatic connectors take; the others are left to a review", async () => {
    const reviewed = await connect(actor, team, "sentinel");
    await save();
    expect(await announced("connector.plan-urgent")).toContainEqual({ connectorId: defender.id });
    expect(await announced("connector.plan-urgent")).not.toContainEqual({ connectorId: reviewed.id });
    expect(await planUrgent(reviewed.id)).toMatchObject({ status: "left" });
    expect(await waiting()).toBe(1);
  });

  it("goes together with what was saved meanwhile, once the push before it has ended", async () => {
    await save();
    const first = await planned();
    await addLocalIndicators(actor, access(), [{ value: "second.net" }, { value: "third.net" }]);
    expect(await planUrgent(defender.id)).toMatchObject({ status: "left" });
    await forgetJobs();

    await deliverToTheEnd(first);

    expect(await announced("connector.plan-urgent")).toEqual([{ connectorId: defender.id }]);
    await deliverToTheEnd(await planned());
    expect(await waiting()).toBe(0);
    expect((await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort()).toEqual(
      [mine.value, "second.net", "third.net"].sort(),
    );
  });

  it("is not so much that it is a list: that takes its turn", async () => {
    const items = someValues(MOST_URGENT + 1).map(({ value }) => ({ value }));
    await addLocalIndicators(actor, access(), items);
    expect(await waiting()).toBe(0);
    expect(await announced("connector.plan")).toContainEqual({ connectorId: defender.id });
  });

  it("is found again when its job was lost", async () => {
    await save();
    await forgetJobs();
    await database.asOwner((client) =>
      client.query("UPDATE urgent_item SET asked_at = asked_at - interval '1 minute'"),
    );

    await announceForgottenUrgent();
    expect(await announced("connector.plan-urgent")).toContainEqual({ connectorId: defender.id });
  });
});

describe("the ordinary plan", () => {
  it("waits for what goes ahead, and then finds it done", async () => {
    await save();
    expect(await planAndApply(defender.id)).toMatchObject({ status: "left" });
    await deliverToTheEnd(await planned());
    expect(await planAndApply(defender.id)).toEqual({ status: "unchanged" });
  });

  it("that was made before is applied all the same, and sends nothing twice", async () => {
    await vouch(team, [mine, ...someValues(2)], { name: "List" });
    const plan = () => createPlan({ connectorId: defender.id, teamId: team.id, doer: SYSTEM });
    const { id: planId, hash } = await plan();
    await askFor(mine);
    await deliverToTheEnd(await planned());

    const { id } = await applyPlan({ planId, teamId: team.id, hash, doer: SYSTEM });
    await deliverToTheEnd(id);

    expect(await getPush(actor, id)).toMatchObject({ state: "done", counts: { planned: 3, accepted: 3 } });
    const sent = (await remote.writes()).filter(({ body }) => JSON.stringify(body).includes(mine.value));
    expect(sent).toHaveLength(1);
  });

  it("does not tidy away what is about to go ahead", async () => {
    await save();
    const only = { ids: await idsOf(mine), operations: "all" } as const;
    const ahead = await createPlan({ connectorId: defender.id, teamId: team.id, doer: SYSTEM, only });
    await database.asOwner((client) => client.query("DELETE FROM urgent_item"));
    expect(await planAndApply(defender.id)).toMatchObject({ status: "applied" });

    const { id: planId, hash } = ahead;
    const { id } = await applyPlan({ planId, teamId: team.id, hash, doer: SYSTEM });
    expect(await deliverToTheEnd(id)).toBe("done");
    expect(await receiptOf(defender)).toMatchObject({ state: "accepted" });
  });

  it("that a person reviewed is stale then: what it shows is not what would be done", async () => {
    await vouch(team, [mine], { name: "List" });
    const doer = asDoer(actor);
    const made = await createPlan({ connectorId: defender.id, teamId: team.id, doer });
    await askFor(mine);
    await deliverToTheEnd(await planned());

    const { id: planId, hash } = made;
    await expect(applyPlan({ planId, teamId: team.id, hash, doer })).rejects.toMatchObject({ code: "stale" });
  });
});
