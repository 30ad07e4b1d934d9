import { beforeEach, describe, expect, it, vi } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listConnectors } from "@/lib/services/connectors/list-connectors";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan, type MadePlan } from "@/lib/services/planning/create-plan";
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

import { getPush } from "./get-push";
import { leaveOut } from "./leave-out";
import { listReceipts } from "./list-receipts";
import { apply, connect, deliverToTheEnd, plan, push, someValues, unvouch, vouch } from "./testing/desk";
import { REMOVING, SENDING } from "./testing/faults";
import { hoursPass, MANY, sendInVain } from "./testing/leftovers";

// Nobody sleeps until time has gone by: it is made to.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const place = useDestinations();
const { database, remote } = place;
const { signal } = new AbortController();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await database.asOwner(async (client) => {
    await client.query("UPDATE push SET state = 'done', urgent = false WHERE state IN ('queued', 'running')");
    await client.query("UPDATE recall SET lapsed = true");
    await client.query("DELETE FROM outbox");
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const KINDS = ["defender", "sentinel"] as const;
const doer = () => ({ teamId: team.id, doer: asDoer(actor) });

/** What a push brings or takes is never answered, and a person leaves it out. */
const leaveOutOf = async (pushId: string, path: string, { forRoom } = { forRoom: 0 }): Promise<void> => {
  await sendInVain(place, pushId, path);
  await hoursPass(place, pushId, { hours: 2, isRead: true });
  expect((await getPush(actor, pushId)).leftovers).toMatchObject({ count: MANY, forRoom });
  await leaveOut({ pushId, ...doer() });
  expect(await getPush(actor, pushId)).toMatchObject({ state: "stopped" });
  await remote.control("DELETE", "faults");
};
const leaveOutAll = async (connector: ConnectorView, path: string): Promise<string> => {
  const pushId = await apply(actor, connector);
  await leaveOutOf(pushId, path);
  return pushId;
};
/** Values that stand, and a change of each that a person left out. */
const leaveOutChanges = async (kind: ConnectorKind) => {
  const connector = await connect(actor, team, kind);
  const values = someValues(MANY);
  await vouch(team, values, { name: "List" });
  await push(actor, connector);
  await vouch(team, values, { name: "Other", confidence: 90 });
  const pushId = await leaveOutAll(connector, SENDING[kind]);
  return { connector, values, pushId };
};
/** Values that stand, nobody vouches for any more, and whose removal a person left out. */
const leaveOutRemovals = async (kind: ConnectorKind) => {
  const connector = await connect(actor, team, kind);
  const values = someValues(MANY);
  await vouch(team, values, { name: "List" });
  await push(actor, connector);
  await unvouch(team, values);
  const pushId = await leaveOutAll(connector, REMOVING[kind]);
  return { connector, values, pushId };
};

const askFor = ({ id: connectorId }: ConnectorView): Promise<MadePlan> =>
  createPlan({ connectorId, ...doer(), retriesRefused: true });
const standing = async (kind: ConnectorKind): Promise<string[]> =>
  kind === "defender"
    ? (await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort()
    : (await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1] ?? "").sort();
const sorted = (values: readonly { value: string }[]): string[] => values.map(({ value }) => value).sort();
const reasons = async (connector: ConnectorView): Promise<Set<string | null>> => {
  const { receipts } = await listReceipts(connector, { limit: 50, after: null });
  return new Set(receipts.map(({ reason }) => reason));
};
const healthOf = async ({ id, teamId }: ConnectorView) => {
  const { connectors } = await listConnectors(actor, { teamIds: [teamId], limit: 10, after: null });
  return connectors.find((one) => one.id === id);
};
const told = async (): Promise<string[]> => {
  const [access] = actor.teams;
  if (!access) throw new Error("The actor has no team.");
  const { attention } = await getTeamOverview(actor, access, new Date());
  return attention.flatMap(({ kind, message }) => (kind === "failed-items" ? [message] : []));
};
/** Its tenant refused for lack of room a moment ago, with what stands there now. */
const fill = ({ id }: ConnectorView): Promise<unknown> =>
  database.asOwner((client) =>
    client.query(
      "UPDATE destination SET capacity = $2 WHERE id = (SELECT destination_id FROM connector WHERE id = $1)",
      [
        id,
        JSON.stringify({
          ...{ limit: 15_000, total: null, foreign: null, readAt: null, readers: [] },
          full: { at: new Date().toISOString(), ours: MANY },
        }),
      ],
    ),
  );
const openItems = (pushId: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM push_item WHERE push_id = $1 AND state = 'sending'",
      [pushId],
    );
    return rowCount ?? 0;
  });
const announced = (): Promise<unknown[]> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ data: unknown }>(
      "SELECT data FROM outbox WHERE job = 'recall.carry-out'",
    );
    return rows.map(({ data }) => data);
  });

describe("changes that a person left out of a push", () => {
  it.each(KINDS)(
    "stay out of the next plans at %s, and what stands goes on to count as that",
    async (kind) => {
      const { connector, values } = await leaveOutChanges(kind);
      expect(await reasons(connector)).toEqual(
        new Set([expect.stringMatching(/^A person left it out: its change .*as before or changed/)]),
      );
      const more = someValues(1);
      await vouch(team, more, { name: "More" });

      const made = await plan(actor, connector);
      expect(made.counts).toMatchObject({ add: 1, change: 0, remove: 0, blocked: MANY });
      expect(made.blockedByReason).toEqual({ "left-out": MANY });
      expect(await deliverToTheEnd(await apply(actor, connector))).toBe("done");

      expect((await plan(actor, connector)).counts).toMatchObject({
        add: 0,
        change: 0,
        blocked: MANY,
        keep: 1,
      });
      expect(await standing(kind)).toEqual(sorted([...values, ...more]));
      expect(await healthOf(connector)).toMatchObject({
        live: MANY + 1,
        failures: { leftOut: MANY, unanswered: 0 },
      });
    },
  );

  it("are told on the overview with the way that works, until somebody asks and they are answered", async () => {
    const { connector, values, pushId } = await leaveOutChanges("defender");
    expect(await told()).toEqual([
      expect.stringMatching(/^14 indicators .* were left out by a person.*“Try these/),
    ]);

    expect((await askFor(connector)).counts).toMatchObject({ change: MANY, blocked: 0 });
    expect(await deliverToTheEnd(await apply(actor, connector))).toBe("done");

    expect(await told()).toEqual([]);
    expect(await openItems(pushId)).toBe(0);
    expect((await plan(actor, connector)).counts).toMatchObject({ change: 0, keep: MANY, blocked: 0 });
    expect(await standing("defender")).toEqual(sorted(values));
  });

  it("are tried again once what is wanted changes, also where it is again what stood there", async () => {
    const { connector, values } = await leaveOutChanges("defender");
    const [first, second, third] = values;
    if (!first || !second || !third) throw new Error("Values are missing.");
    await vouch(team, [first], { name: "Surest", confidence: 95 });
    await unvouch(team, [second, third]);
    await vouch(team, [third], { name: "List" });

    const made = await plan(actor, connector);

    expect(made.counts).toMatchObject({ add: 0, change: 2, remove: 1, blocked: MANY - 3 });
    expect(made.changesByReason.change).toEqual({ unanswered: 2 });
  });

  it("are tried again once what stood there has ended by itself", async () => {
    const { connector } = await leaveOutChanges("sentinel");
    await database.asOwner((client) =>
      client.query("UPDATE claim SET expires_at = now() - interval '1 minute' WHERE connector_id = $1", [
        connector.id,
      ]),
    );

    expect((await plan(actor, connector)).counts).toMatchObject({ change: MANY, blocked: 0 });
  });

  it("keep their places at a full tenant", async () => {
    const { connector, values } = await leaveOutChanges("defender");
    await fill(connector);
    await vouch(team, someValues(2), { name: "More", confidence: 5 });

    const made = await plan(actor, connector);

    expect(made.counts).toMatchObject({ add: 0, remove: 0 });
    expect(made.blockedByReason).toMatchObject({ "left-out": MANY });
    expect(await standing("defender")).toEqual(sorted(values));
  });
});

describe("removals that a person left out of a push", () => {
  it.each(KINDS)("stay out of the next plans at %s, and what stands is not taken for gone", async (kind) => {
    const { connector, values } = await leaveOutRemovals(kind);
    expect(await reasons(connector)).toEqual(
      new Set([expect.stringMatching(/^A person left it out: its removal .*may still stand there/)]),
    );
    const more = someValues(1);
    await vouch(team, more, { name: "More" });
    await push(actor, connector);

    const made = await plan(actor, connector);

    expect(made.counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 1, blocked: MANY });
    expect(made.blockedByReason).toEqual({ "left-out": MANY });
    expect(await healthOf(connector)).toMatchObject({ live: MANY + 1, failures: { leftOut: MANY } });
    expect(await standing(kind)).toEqual(sorted([...values, ...more]));
  });

  it("are carried out once somebody asks", async () => {
    const { connector, pushId } = await leaveOutRemovals("defender");

    expect((await askFor(connector)).counts).toMatchObject({ remove: MANY, blocked: 0 });
    expect(await deliverToTheEnd(await apply(actor, connector))).toBe("done");

    expect(await standing("defender")).toEqual([]);
    expect(await openItems(pushId)).toBe(0);
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
    await vouch(team, values.slice(0, 1), { name: "List" });

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
    await leaveOutOf(pushId, REMOVING.defender);
    await database.asOwner((client) =>
      client.query("UPDATE push SET queued_at = queued_at - interval '1 hour' WHERE id = $1", [pushId]),
    );

    await announceRecalls();
    expect(await announced()).toEqual([]);
    expect(await carryOutRecall(recallId, { signal })).toEqual({ matched: MANY, pushes: 0 });
    expect((await plan(actor, connector)).blockedByReason).toEqual({ "left-out": MANY });

    expect(await carryOutRecall(await recall(), { signal })).toEqual({ matched: MANY, pushes: 1 });
    expect(await deliverToTheEnd(await urgent())).toBe("done");
    expect(await standing("defender")).toEqual([]);
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
    await leaveOutOf(pushId, REMOVING.defender);
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
    await leaveOutOf(pushId, REMOVING.defender, { forRoom: MANY });

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
    await leaveOutAll(mine, "*/api/indicators*");
    await unvouch(other, values);

    await push(theirs, their);

    expect(await standing("defender")).toEqual(sorted(further));
  });
});

describe("what nobody left out", () => {
  it("is tried again after a refusal that was followed by silence, and is not told as left out", async () => {
    const connector = await connect(actor, team, "defender");
    const bad = { type: "domain", value: `${"a".repeat(64)}.bad-site.net` } as const;
    await vouch(team, [bad], { name: "Feed", confidence: 40 });
    await push(actor, connector);
    expect((await plan(actor, connector)).blockedByReason).toEqual({ "refused-before": 1 });
    await vouch(team, [bad], { name: "Surer", confidence: 80 });
    const pushId = await apply(actor, connector);
    // It was sent, never answered, and given up.
    await database.asOwner(async (client) => {
      const given = "The destination answers other records and not this one.";
      await client.query("UPDATE push SET state = 'stopped', finished_at = now() WHERE id = $1", [pushId]);
      await client.query(
        "UPDATE push_item SET state = 'sending', sent_at = now(), reason = $2 WHERE push_id = $1",
        [pushId, given],
      );
      await client.query("UPDATE receipt SET state = 'failed', reason = $2 WHERE push_id = $1", [
        pushId,
        given,
      ]);
    });
    expect((await healthOf(connector))?.failures).toMatchObject({ unanswered: 1, leftOut: 0 });
    await unvouch(team, [bad]);
    await vouch(team, [bad], { name: "Feed", confidence: 40 });

    const made = await plan(actor, connector);

    expect(made.counts).toMatchObject({ add: 1, blocked: 0 });
    expect(made.changesByReason.add).toEqual({ unanswered: 1 });
  });
});
