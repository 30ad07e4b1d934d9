import { beforeEach, describe, expect, it, vi } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { getPlan } from "@/lib/services/planning/get-plan";
import { planRemovals } from "@/lib/services/planning/plan-removals";
import { announceRecalls } from "@/lib/services/recalls/announce-recalls";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { liftWithheld } from "@/lib/services/withheld/lift-withheld";
import { getWithheld } from "@/lib/services/withheld/list-withheld";
import { withhold } from "@/lib/services/withheld/withhold";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { apply, connect, deliverToTheEnd, plan, push, someValues, unvouch, vouch } from "./testing/desk";
import { endPushes } from "./testing/end-pushes";
import { REMOVING } from "./testing/faults";
import {
  countOpen,
  fill,
  healthOf,
  leaveOutOf,
  MANY,
  reasonsOf,
  sorted,
  standingAt,
} from "./testing/leftovers";

// Nobody sleeps until time has gone by: it is made to.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const place = useDestinations();
const { database } = place;
const { signal } = new AbortController();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await database.asOwner(async (client) => {
    await endPushes(client);
    await client.query("UPDATE recall SET lapsed = true");
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const KINDS = ["defender", "sentinel"] as const;
const doer = () => ({ teamId: team.id, doer: asDoer(actor) });

/** Values that stand, nobody vouches for any more, and whose removal a person left out. */
const leaveOutRemovals = async (kind: ConnectorKind) => {
  const connector = await connect(actor, team, kind);
  const values = someValues(MANY);
  await vouch(team, values, { name: "List" });
  await push(actor, connector);
  await unvouch(team, values);
  const pushId = await apply(actor, connector);
  await leaveOutOf(place, actor, { pushId, path: REMOVING[kind] });
  return { connector, values, pushId };
};
const announced = (): Promise<unknown[]> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ data: unknown }>(
      "SELECT data FROM outbox WHERE job = 'recall.carry-out'",
    );
    return rows.map(({ data }) => data);
  });

describe("removals that a person left out of a push", () => {
  it.each(KINDS)("stay out of the next plans at %s, and what stands is not taken for gone", async (kind) => {
    const { connector, values } = await leaveOutRemovals(kind);
    expect(await reasonsOf(connector)).toEqual(
      new Set([expect.stringMatching(/^A person left it out: its removal .*may still stand there/)]),
    );
    const more = someValues(1);
    await vouch(team, more, { name: "More" });
    await push(actor, connector);

    const made = await plan(actor, connector);

    expect(made.counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 1, blocked: MANY });
    expect(made.blockedByReason).toEqual({ "left-out": MANY });
    expect(await healthOf(actor, connector)).toMatchObject({ live: MANY + 1, failures: { leftOut: MANY } });
    expect(await standingAt(place, kind)).toEqual(sorted([...values, ...more]));
  });

  it("keep their places at a full tenant until they are carried out", async () => {
    const { connector, values } = await leaveOutRemovals("defender");
    await fill(place, connector);
    await vouch(team, someValues(2), { name: "More", confidence: 60 });

    const made = await plan(actor, connector);

    expect(made.counts).toMatchObject({ add: 0, remove: 0 });
    expect(made.blockedByReason).toEqual({ "left-out": MANY, "over-budget": 2 });
    expect(await standingAt(place, "defender")).toEqual(sorted(values));
    const asked = await createPlan({ connectorId: connector.id, ...doer(), retriesRefused: true });
    expect(asked.counts).toMatchObject({ add: 2, remove: MANY, blocked: 0 });
  });

  it("are carried out once somebody asks", async () => {
    const { connector, pushId } = await leaveOutRemovals("defender");

    expect(
      (await createPlan({ connectorId: connector.id, ...doer(), retriesRefused: true })).counts,
    ).toMatchObject({ remove: MANY, blocked: 0 });
    expect(await deliverToTheEnd(await apply(actor, connector))).toBe("done");

    expect(await standingAt(place, "defender")).toEqual([]);
    expect(await countOpen(place, pushId)).toBe(0);
  });

  it("are part of a plan to withdraw everything, and of one to take back what is not wanted that a person asks for", async () => {
    const { connector } = await leaveOutRemovals("defender");
    const planning = { connectorId: connector.id, ...doer() };

    expect((await plan(actor, connector, true)).counts).toMatchObject({ remove: MANY, blocked: 0 });
    expect(await planRemovals({ ...planning, isAsked: false })).toBeNull();
    expect((await planRemovals({ ...planning, isAsked: true }))?.counts).toMatchObject({ remove: MANY });
  });

  it("give way to what is wanted again", async () => {
    const { connector, values } = await leaveOutRemovals("defender");
    await vouch(team, values.slice(0, 1), { name: "List anew" });

    expect((await plan(actor, connector)).counts).toMatchObject({ change: 1, remove: 0, blocked: MANY - 1 });
  });

  it("are carried out by a recall, and left to a person again where that is left out as well", async () => {
    const connector = await connect(actor, team, "defender");
    const values = someValues(MANY);
    await vouch(team, values, { name: "List" });
    await push(actor, connector);
    const [{ value: host } = { value: "" }] = values;
    const domain = host.slice(host.indexOf(".") + 1);
    const recall = async (): Promise<string> => {
      const target = readTarget("domain", domain);
      const { id } = await createRecall(actor, team.id, { target, reason: "Our own.", until: null });
      return id;
    };
    const urgent = async (): Promise<string> => {
      const { rows } = await database.asOwner((client) =>
        client.query<{ id: string }>(
          "SELECT id FROM push WHERE connector_id = $1 AND urgent ORDER BY queued_at DESC LIMIT 1",
          [connector.id],
        ),
      );
      return rows[0]?.id ?? "";
    };
    const recallId = await recall();
    expect(await carryOutRecall(recallId, { signal })).toEqual({ matched: MANY, pushes: 1 });
    const pushId = await urgent();
    await leaveOutOf(place, actor, { pushId, path: REMOVING.defender });
    await database.asOwner((client) =>
      client.query("UPDATE push SET queued_at = queued_at - interval '1 hour' WHERE id = $1", [pushId]),
    );

    await database.asOwner((client) => client.query("DELETE FROM outbox"));
    await announceRecalls();
    expect(await announced()).toEqual([]);
    expect(await carryOutRecall(recallId, { signal })).toEqual({ matched: MANY, pushes: 0 });
    expect((await plan(actor, connector)).blockedByReason).toEqual({ "left-out": MANY });

    expect(await carryOutRecall(await recall(), { signal })).toEqual({ matched: MANY, pushes: 1 });
    expect(await deliverToTheEnd(await urgent())).toBe("done");
    expect(await standingAt(place, "defender")).toEqual([]);
  });

  it("are planned again by whoever holds the same back anew", async () => {
    const [access] = actor.teams;
    if (!access) throw new Error("The actor has no team.");
    const connector = await connect(actor, team, "defender");
    await vouch(team, someValues(MANY), { name: "List" });
    await push(actor, connector);
    const hold = async () => {
      const { id } = await withhold(actor, access, { target: { scope: "team" }, reason: "A wrong list." });
      const [made] = (await getWithheld(actor, id)).plans;
      return { id, plan: await getPlan(actor, made?.id ?? "") };
    };
    const first = await hold();
    const { id: planId, hash } = first.plan;
    const { id: pushId } = await applyPlan({ planId, hash, ...doer() });
    await leaveOutOf(place, actor, { pushId, path: REMOVING.defender });
    await liftWithheld(actor, { id: first.id, teamId: team.id });

    const second = await hold();

    expect(second.plan.counts).toMatchObject({ remove: MANY });
  });

  it("are planned again where they are to make room, which is chosen anew, and that is said before", async () => {
    const connector = await connect(actor, team, "defender");
    await vouch(team, someValues(MANY), { name: "List" });
    await push(actor, connector);
    await database.asOwner((client) =>
      client.query(
        "UPDATE destination SET budget = $2 WHERE id = (SELECT destination_id FROM connector WHERE id = $1)",
        [connector.id, JSON.stringify({ headroom: 15_000 })],
      ),
    );
    const pushId = await apply(actor, connector);
    await leaveOutOf(place, actor, { pushId, path: REMOVING.defender, forRoom: MANY });

    expect((await plan(actor, connector)).changesByReason.remove).toEqual({ "over-budget": MANY });
  });

  it("leave nothing to a team whose part in a record was to end", async () => {
    const other = await makeTeam();
    const theirs = await makeActor([[other, "owner"]]);
    const mine = await connect(actor, team, "defender");
    const [values, further] = [someValues(MANY), someValues(1)];
    await vouch(team, [...values, ...further], { name: "Mine" });
    await push(actor, mine);
    const their = await connect(theirs, other, "defender", { app: "TPI_TeamB" });
    await vouch(other, values, { name: "Theirs" });
    await push(theirs, their);
    // Mine ends, theirs stays: the records are made anew by their application.
    await unvouch(team, values);
    await leaveOutOf(place, actor, { pushId: await apply(actor, mine), path: "*/api/indicators*" });
    await unvouch(other, values);

    await push(theirs, their);

    expect(await standingAt(place, "defender")).toEqual(sorted(further));
  });
});
