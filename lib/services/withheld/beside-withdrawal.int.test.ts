import { beforeEach, describe, expect, it, vi } from "vitest";

import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { getPush } from "@/lib/services/delivery/get-push";
import { stopConnector, startConnector } from "@/lib/services/delivery/switch-sending";
import {
  apply,
  connect,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { announceUrgentSql } from "@/lib/services/planning/announce-urgent";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import type { MadePlan } from "@/lib/services/planning/create-plan";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getBesideWithdrawal } from "./on-its-way";

// Nobody sleeps until a destination that does not answer is tried again.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const { signal } = new AbortController();

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const beside = ({ id: planId }: MadePlan, { id: connectorId } = defender) =>
  getBesideWithdrawal({ teamId: team.id, connectorId, planId });
/** As a person's save does: they go ahead of all else. */
const save = async (connector: ConnectorView, values: readonly Vouched[]): Promise<string> => {
  const keys = values.map(({ type, value }) => indicatorId(type, value));
  await bulkAsTeam(team.id, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT id FROM indicator WHERE key = ANY ($1::uuid[])",
      [keys],
    );
    await announceUrgentSql(
      client,
      team.id,
      rows.map(({ id }) => id),
    );
  });
  const outcome = await planUrgent(connector.id);
  if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
  return outcome.pushId;
};
const carryOut = async ({ id: planId, hash }: MadePlan): Promise<string> => {
  const { id } = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
  return id;
};

describe("a plan to withdraw everything, while a push is under way", () => {
  it("says how much of that it does not take back, also where nothing stands yet, and is refused until that has ended", async () => {
    await vouch(team, someValues(2), { name: "First" });
    await push(actor, defender);
    await vouch(team, someValues(3), { name: "Second" });
    const pushId = await apply(actor, defender);

    const made = await plan(actor, defender, true);

    expect(made.counts).toMatchObject({ remove: 2 });
    expect(await beside(made)).toMatchObject([{ pushId, count: 3, state: "under-way" }]);
    await expect(carryOut(made)).rejects.toMatchObject({ code: "conflict" });
    await deliverToTheEnd(pushId);
    const whole = await plan(actor, defender, true);
    expect(whole.counts).toMatchObject({ remove: 5 });
    expect(await beside(whole)).toEqual([]);
    await deliverToTheEnd(await carryOut(whole));
    expect(await remote.defender()).toEqual([]);
  });

  it("takes the place of what waits once sending is switched off, so that it never arrives", async () => {
    await vouch(team, someValues(3), { name: "Only" });
    const pushId = await apply(actor, defender);
    await stopConnector(actor, defender, "Wrong list.");

    const made = await plan(actor, defender, true);

    expect(made.counts).toMatchObject({ remove: 0 });
    expect(await beside(made)).toMatchObject([{ pushId, count: 3, state: "waiting" }]);
    await carryOut(made);
    await startConnector(actor, defender);
    await deliverToTheEnd(pushId);
    expect(await getPush(actor, pushId)).toMatchObject({ state: "stopped", counts: { accepted: 0 } });
    expect(await remote.defender()).toEqual([]);
  });

  it("takes the place of what waits for Microsoft at once, without a stop", async () => {
    await vouch(team, someValues(3), { name: "Only" });
    const pushId = await apply(actor, defender);
    await database.asOwner((client) =>
      client.query(
        `UPDATE push SET state = 'running', failures = 9, waiting_since = now() - interval '1 minute', wake_at = now() + interval '1 hour'
         WHERE id = $1`,
        [pushId],
      ),
    );

    const made = await plan(actor, defender, true);

    expect(await beside(made)).toMatchObject([{ pushId, count: 3, state: "waiting" }]);
    await carryOut(made);
    expect(await getPush(actor, pushId)).toMatchObject({ state: "stopped", counts: { skipped: 3 } });
    expect(await deliverPush(pushId, { signal })).toBe("busy");
    expect(await remote.defender()).toEqual([]);
  });

  it("says of what was sent since without an answer that a plan made anew takes it back", async () => {
    await vouch(team, someValues(3), { name: "Only" });
    const pushId = await apply(actor, defender);
    const made = await plan(actor, defender, true);
    await remote.control("POST", "faults", {
      ...{ match: { path: "*/import" }, times: null, status: 503, body: "" },
    });
    expect(await deliverPush(pushId, { signal })).toBe("waiting");

    expect(await beside(made)).toMatchObject([{ pushId, count: 3, state: "unanswered" }]);
    const anew = await plan(actor, defender, true);
    expect(anew.counts).toMatchObject({ remove: 3 });
    expect(await beside(anew)).toEqual([]);
  });

  it("tells what a person saved meanwhile apart: that waits as well, and arrives whatever is applied", async () => {
    const automatic = await connect(actor, team, "defender", { mode: "automatic" });
    const values = someValues(2);
    await vouch(team, values, { name: "Own" });
    await stopConnector(actor, automatic, "Wrong list.");
    const saved = await save(automatic, values);
    const made = await plan(actor, automatic, true);

    expect(await beside(made, automatic)).toMatchObject([{ pushId: saved, count: 2, state: "saved" }]);
    await carryOut(made);
    await startConnector(actor, automatic);
    expect(await deliverToTheEnd(saved)).toBe("done");

    expect(await remote.defender()).toHaveLength(2);
  });

  it("is told of no other plan", async () => {
    await vouch(team, someValues(3), { name: "Only" });
    await apply(actor, defender);

    expect(await beside(await plan(actor, defender))).toBeNull();
  });
});
