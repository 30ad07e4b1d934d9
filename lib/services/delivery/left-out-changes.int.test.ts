import { beforeEach, describe, expect, it, vi } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { createPlan } from "@/lib/services/planning/create-plan";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import {
  apply,
  connect,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { endPushes } from "./testing/end-pushes";
import { SENDING } from "./testing/faults";
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

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await database.asOwner(endPushes);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const KINDS = ["defender", "sentinel"] as const;

/** Values that stand, and a change of each that a person left out. */
const leaveOutChanges = async (kind: ConnectorKind) => {
  const connector = await connect(actor, team, kind);
  const values = someValues(MANY);
  await vouch(team, values, { name: "List" });
  await push(actor, connector);
  const other = await vouch(team, values, { name: "Other", confidence: 90 });
  const pushId = await apply(actor, connector);
  await leaveOutOf(place, actor, { pushId, path: SENDING[kind] });
  return { connector, values, pushId, other };
};
/** One feed alone does not vouch for the values any more. */
const endIn = (feedId: string, values: readonly Vouched[]): Promise<unknown> =>
  database.asOwner((client) =>
    client.query(
      `UPDATE attribution a SET until_generation = 2 FROM indicator i
       WHERE a.feed_id = $1 AND i.id = a.indicator_id AND i.value = ANY ($2)`,
      [feedId, values.map(({ value }) => value)],
    ),
  );
const told = async (): Promise<string[]> => {
  const [access] = actor.teams;
  if (!access) throw new Error("The actor has no team.");
  const { attention } = await getTeamOverview(actor, access, new Date());
  return attention.flatMap(({ kind, message }) => (kind === "failed-items" ? [message] : []));
};
describe("changes that a person left out of a push", () => {
  it.each(KINDS)(
    "stay out of the next plans at %s, and what stands goes on to count as that",
    async (kind) => {
      const { connector, values } = await leaveOutChanges(kind);
      expect(await reasonsOf(connector)).toEqual(
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
      expect(await standingAt(place, kind)).toEqual(sorted([...values, ...more]));
      expect(await healthOf(actor, connector)).toMatchObject({
        live: MANY + 1,
        failures: { leftOut: MANY, unanswered: 0 },
      });
    },
  );

  it("are told on the overview with the way that works, until somebody asks and they are answered", async () => {
    const { connector, values, pushId } = await leaveOutChanges("defender");
    expect(await told()).toEqual([
      expect.stringMatching(/^14 indicators .* left out by a person: their receipts say.*“Try these/),
    ]);

    expect(
      (
        await createPlan({
          ...{ connectorId: connector.id, teamId: team.id, doer: asDoer(actor) },
          retriesRefused: true,
        })
      ).counts,
    ).toMatchObject({ change: MANY, blocked: 0 });
    expect(await deliverToTheEnd(await apply(actor, connector))).toBe("done");

    expect(await told()).toEqual([]);
    expect(await countOpen(place, pushId)).toBe(0);
    expect((await plan(actor, connector)).counts).toMatchObject({ change: 0, keep: MANY, blocked: 0 });
    expect(await standingAt(place, "defender")).toEqual(sorted(values));
  });

  it("are tried again once what is wanted changes, also where it is again what stood there", async () => {
    const { connector, values, other } = await leaveOutChanges("defender");
    const [first, second, third] = values;
    if (!first || !second || !third) throw new Error("Values are missing.");
    await vouch(team, [first], { name: "Surest", confidence: 95 });
    await unvouch(team, [second]);
    await endIn(other, [third]);

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
    await fill(place, connector);
    await vouch(team, someValues(2), { name: "More", confidence: 60 });

    const made = await plan(actor, connector);

    expect(made.counts).toMatchObject({ add: 0, remove: 0 });
    expect(made.blockedByReason).toEqual({ "left-out": MANY, "over-budget": 2 });
    expect(await standingAt(place, "defender")).toEqual(sorted(values));
  });
});

describe("what nobody left out", () => {
  /** A push was sent, never answered, and given up. */
  const giveUp = (pushId: string): Promise<void> =>
    database.asOwner(async (client) => {
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

  it("is tried again after a refusal that was followed by silence, and is not told as left out", async () => {
    const connector = await connect(actor, team, "defender");
    const bad = { type: "domain", value: `${"a".repeat(64)}.bad-site.net` } as const;
    await vouch(team, [bad], { name: "Feed", confidence: 60 });
    await push(actor, connector);
    expect((await plan(actor, connector)).blockedByReason).toEqual({ "refused-before": 1 });
    const surer = await vouch(team, [bad], { name: "Surer", confidence: 80 });
    const pushId = await apply(actor, connector);
    await giveUp(pushId);
    expect((await healthOf(actor, connector))?.failures).toMatchObject({ unanswered: 1, leftOut: 0 });
    await endIn(surer, [bad]);

    const made = await plan(actor, connector);

    expect(made.counts).toMatchObject({ add: 1, blocked: 0 });
    expect(made.changesByReason.add).toEqual({ unanswered: 1 });
  });

  it("is tried again where something else was sent since what a person left out, and given up", async () => {
    const { connector, values } = await leaveOutChanges("sentinel");
    const surest = await vouch(team, values, { name: "Surest", confidence: 95 });
    await giveUp(await apply(actor, connector));
    await endIn(surest, values);

    expect((await plan(actor, connector)).counts).toMatchObject({ change: MANY, blocked: 0 });
  });
});
