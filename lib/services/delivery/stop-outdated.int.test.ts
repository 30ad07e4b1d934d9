import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { storedSelectionSchema } from "@/lib/domain/connector/selection-input";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { deliverPush } from "./deliver-push";
import { stopPush } from "./finish-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { claimPush } from "./push-lease";
import { resumePush } from "./resume-push";
import { startAll, startConnector, stopAll, stopConnector } from "./switch-sending";
import {
  apply,
  connect,
  deliverMeanwhile,
  deliverToTheEnd,
  forgetDestinations,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
} from "./testing/desk";
import { lookAt } from "./testing/remote";
import { untilSomebodyWaits } from "./testing/until-somebody-waits";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let administrator: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    await client.query("DELETE FROM setting WHERE key = 'delivery-stop'");
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  administrator = await makeActor([[team, "owner"]], { isAdministrator: true });
  defender = await connect(actor, team, "defender", { action: "Block" });
});

const stop = () => stopConnector(actor, defender, "A wrong Block.");
const start = () => startConnector(actor, defender);
const actions = async (): Promise<string[]> => (await remote.defender()).map(({ action }) => action);
const statesOf = async (): Promise<Record<string, number>> => {
  const { receipts } = await listReceipts(defender, { limit: 1_000, after: null });
  const counts: Record<string, number> = {};
  for (const { state } of receipts) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
const announced = (job: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM outbox WHERE job = $1 AND data->>'connectorId' = $2",
      [job, defender.id],
    );
    return rows[0]?.count ?? 0;
  });

describe("what waits for sending to be switched on, and whose connector was changed meanwhile", () => {
  it("is stopped and not sent: a Block that became an Audit goes by a new plan alone", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const wrong = await apply(actor, defender);
    await stop();
    expect(await deliverPush(wrong, { signal })).toBe("waiting");
    await updateConnector(actor, defender, { action: "Audit" });

    expect(await start()).toEqual({ stopped: 1 });

    expect(await deliverPush(wrong, { signal })).toBe("busy");
    expect(await remote.writes()).toHaveLength(0);
    expect(await getPush(actor, wrong)).toMatchObject({
      state: "stopped",
      message: expect.stringMatching(/policy or destination changed .* Make a new plan/) as string,
    });
    await expect(resumePush({ pushId: wrong, teamId: team.id, doer: asDoer(actor) })).rejects.toMatchObject({
      code: "conflict",
    });
    await push(actor, defender);
    expect(await actions()).toEqual(["Audit", "Audit", "Audit"]);
  });

  it("is stopped half-way just as well, and what was answered after sending was switched on counts", async () => {
    await vouch(team, someValues(900), { name: "Feed" });
    const half = await apply(actor, defender);
    const outcome = await deliverMeanwhile(half, async () => {
      await stop();
      const selection = storedSelectionSchema.parse({ types: ["sha1"] });
      await updateConnector(actor, defender, { selection });
      expect(await start()).toEqual({ stopped: 1 });
    });

    expect(outcome).toBe("stopped");
    expect(await getPush(actor, half)).toMatchObject({
      ...{ state: "stopped", counts: { accepted: 500 } },
      message: expect.stringMatching(/policy or destination changed/) as string,
    });
    expect(await remote.defender()).toHaveLength(500);
    expect(await statesOf()).toEqual({ accepted: 500, pending: 400 });

    expect((await push(actor, defender)).counts).toMatchObject({ planned: 500, removed: 500 });
    expect(await remote.defender()).toHaveLength(0);
  });

  it("is stopped by whoever goes on where its worker died with the answer", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const wrong = await apply(actor, defender);
    await claimPush(wrong, randomUUID());
    await stop();
    await updateConnector(actor, defender, { action: "Audit" });
    expect(await start()).toEqual({ stopped: 1 });
    expect(await getPush(actor, wrong)).toMatchObject({ state: "running" });
    await database.asOwner((client) =>
      client.query("UPDATE push SET lease_until = now() - interval '1 second' WHERE id = $1", [wrong]),
    );

    expect(await deliverPush(wrong, { signal })).toBe("stopped");

    expect(await remote.writes()).toHaveLength(0);
  });

  it("leaves receipts alone that were written down while it was stopped", async () => {
    await vouch(team, someValues(1), { name: "Feed" });
    const id = await apply(actor, defender);
    const claimed = await claimPush(id, randomUUID());
    if (!claimed) throw new Error("Somebody else has it.");
    await database.asOwner((client) =>
      client.query("UPDATE push_item SET state = 'sending', sent_at = now() WHERE push_id = $1", [id]),
    );

    const stopping = await database.asOwner(async (client) => {
      await client.query("BEGIN");
      await client.query("UPDATE receipt SET state = 'accepted' WHERE push_id = $1", [id]);
      await client.query("UPDATE push_item SET state = 'accepted' WHERE push_id = $1", [id]);
      const stopped = stopPush(claimed, "Its secret was refused.");
      await untilSomebodyWaits(database);
      await client.query("COMMIT");
      return { stopped };
    });
    await stopping.stopped;

    const { receipts } = await listReceipts(defender, { limit: 5, after: null });
    expect(receipts).toMatchObject([{ state: "accepted", reason: null }]);
  });

  it("is stopped when all sending is switched on again, and what was not changed goes on", async () => {
    const other = await connect(actor, team, "defender", { app: "TPI_TeamB", deviceGroups: ["Lab"] });
    await vouch(team, someValues(2), { name: "Feed" });
    const pushes = [await apply(actor, defender), await apply(actor, other)] as const;
    await stopAll(administrator, "An incident.");
    await updateConnector(actor, defender, { action: "Audit" });

    expect(await startAll(administrator)).toEqual({ stopped: 1 });

    expect(await getPush(actor, pushes[0])).toMatchObject({ state: "stopped" });
    expect(await deliverToTheEnd(pushes[1])).toBe("done");
    expect(await actions()).toEqual(["Audit", "Audit"]);
  });

  it("is planned anew where the connector is automatic", async () => {
    await updateConnector(actor, defender, { mode: "automatic" });
    await vouch(team, someValues(2), { name: "Feed" });
    await apply(actor, defender);
    await stop();
    await updateConnector(actor, defender, { action: "Audit" });
    const before = await announced("connector.plan");

    await start();

    expect(await announced("connector.plan")).toBe(before + 1);
    const outcome = await planAndApply(defender.id);
    if (outcome.status !== "applied") throw new Error(`It was not applied: ${outcome.status}.`);
    await deliverToTheEnd(outcome.pushId);
    expect(await actions()).toEqual(["Audit", "Audit"]);
  });

  it("goes on where it only takes back: a recall, and what is wanted under neither policy", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    await push(actor, defender);
    const [recalled, ...others] = values;
    if (!recalled) throw new Error("There must be one.");
    await stop();
    await unvouch(team, others);
    const removal = await apply(actor, defender);
    const target = readTarget("value", recalled.value);
    const { id } = await createRecall(actor, team.id, { target, reason: "Ours.", until: null });
    await carryOutRecall(id, { signal });
    await updateConnector(actor, defender, { action: "Audit" });

    expect(await start()).toEqual({ stopped: 0 });

    const { rows } = await database.asOwner((client) =>
      client.query<{ id: string }>(
        "SELECT id FROM push WHERE connector_id = $1 AND state <> 'done' ORDER BY urgent DESC",
        [defender.id],
      ),
    );
    expect(rows.map((row) => row.id)).toContain(removal);
    for (const row of rows) expect(await deliverToTheEnd(row.id)).toBe("done");
    expect(await remote.defender()).toHaveLength(0);
  });
});

describe("what waits for its destination to answer, and whose connector was changed meanwhile", () => {
  let waiting: string;
  beforeEach(async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    waiting = await apply(actor, defender);
    await remote.control("POST", "faults", {
      match: { path: "*/import" },
      times: null,
      status: 503,
      body: "",
    });
    if ((await deliverPush(waiting, { signal })) !== "waiting") throw new Error("It must wait.");
    await remote.control("DELETE", "faults");
  });
  const isAsleep = (): Promise<boolean> =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ isAsleep: boolean }>(
        `SELECT wake_at IS NOT NULL AS "isAsleep" FROM push WHERE id = $1`,
        [waiting],
      );
      return rows[0]?.isAsleep ?? false;
    });

  it("is not sent: it looks at once, and stops", async () => {
    await updateConnector(actor, defender, { action: "Audit" });

    expect(await isAsleep()).toBe(false);
    const before = (await remote.writes()).length;
    expect(await deliverPush(waiting, { signal })).toBe("stopped");
    expect(await remote.writes()).toHaveLength(before);
    expect(await getPush(actor, waiting)).toMatchObject({
      ...{ state: "stopped", waitingSince: null },
      message: expect.stringMatching(/policy or destination changed .* Make a new plan/) as string,
    });
    await push(actor, defender);
    expect(await actions()).toEqual(["Audit", "Audit", "Audit"]);
  });

  it("is not let go by a person who tries at once", async () => {
    await database.asOwner((client) =>
      client.query("UPDATE connector SET action = 'Audit' WHERE id = $1", [defender.id]),
    );

    await expect(resumePush({ pushId: waiting, teamId: team.id, doer: asDoer(actor) })).rejects.toMatchObject(
      { code: "conflict", message: expect.stringMatching(/policy or destination/) as string },
    );
    expect(await isAsleep()).toBe(true);
  });

  it("is planned anew where the connector is automatic", async () => {
    await updateConnector(actor, defender, { mode: "automatic", action: "Audit" });
    const before = await announced("connector.plan");

    expect(await deliverPush(waiting, { signal })).toBe("stopped");

    expect(await announced("connector.plan")).toBe(before + 1);
  });

  it("goes on where the change is none of the policy", async () => {
    await updateConnector(actor, defender, { name: `Renamed ${randomUUID()}` });

    expect(await deliverToTheEnd(waiting)).toBe("done");

    expect(await actions()).toEqual(["Block", "Block", "Block"]);
  });
});

describe("a plan that is applied while sending is switched off", () => {
  it("takes the place of the push that waits, which is never sent", async () => {
    const values = someValues(2);
    await vouch(team, values, { name: "Wrong feed" });
    const wrong = await apply(actor, defender);
    await stop();
    expect(await deliverPush(wrong, { signal })).toBe("waiting");
    await unvouch(team, values);
    await vouch(team, someValues(1), { name: "Right feed" });

    const right = await apply(actor, defender);

    expect(await getPush(actor, wrong)).toMatchObject({
      state: "stopped",
      message: "Sending was switched off when a newer plan was applied.",
      counts: { skipped: 2 },
    });
    await start();
    expect(await deliverPush(wrong, { signal })).toBe("busy");
    expect(await deliverToTheEnd(right)).toBe("done");
    expect(await remote.defender()).toHaveLength(1);
  });

  it("waits for a push that is sent at this moment", async () => {
    await vouch(team, someValues(2), { name: "Feed" });
    await apply(actor, defender);
    const next = await plan(actor, defender);
    const applyNext = () =>
      applyPlan({ planId: next.id, teamId: team.id, hash: next.hash, doer: asDoer(actor) });
    await expect(applyNext()).rejects.toMatchObject({ code: "conflict" });
    await stop();
    await database.asOwner((client) =>
      client.query("UPDATE push SET lease_owner = gen_random_uuid() WHERE connector_id = $1", [defender.id]),
    );
    await expect(applyNext()).rejects.toMatchObject({ code: "conflict" });
  });
});
