import { beforeEach, describe, expect, it, vi } from "vitest";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall, liftRecall } from "@/lib/services/recalls/create-recall";
import { getRecall } from "@/lib/services/recalls/get-recall";
import { liftWithheld } from "@/lib/services/withheld/lift-withheld";
import { withhold } from "@/lib/services/withheld/withhold";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { applyPlan } from "@/lib/services/planning/apply-plan";
import { confirmConnector } from "./confirm-connector";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import {
  apply,
  connect,
  deliverMeanwhile,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { endUrgentPushes } from "./testing/end-pushes";
import { toldSinceRemoval } from "./testing/told";

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  await database.asOwner(endUrgentPushes);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const access = () => {
  const [first] = actor.teams;
  if (!first) throw new Error("The actor has no team.");
  return first;
};
const look = (connector = defender) => confirmConnector(connector.id, { signal });
const statesOf = async (connector = defender) =>
  (await listReceipts(connector, { limit: 50, after: null })).receipts.map(({ state }) => state);
const valuesThere = async () => (await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort();
const sorted = (values: readonly Vouched[]) => values.map(({ value }) => value).sort();
const turn = (switches: object) => remote.control("PUT", "switches", switches);
const urgentPush = async (): Promise<string> => {
  const found = await asTeam(team.id, (tx) =>
    tx.push.findFirst({ where: { teamId: team.id, urgent: true, state: "queued" }, select: { id: true } }),
  );
  if (!found) throw new Error("There is no urgent push.");
  return found.id;
};
const minutesPass = (minutes: number) =>
  database.asOwner(async (client) => {
    await client.query("UPDATE receipt SET removed_at = removed_at - make_interval(mins => $1)", [minutes]);
    await client.query("UPDATE push SET queued_at = queued_at - make_interval(mins => $1)", [minutes]);
  });
const stand = async (count = 2): Promise<Vouched[]> => {
  const values = someValues(count);
  await vouch(team, values, { name: "List" });
  await push(actor, defender);
  await look();
  return values;
};
const isAsWanted = async (): Promise<void> => {
  expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, remove: 0 });
};

describe("a removal that was not sent yet, of what is wanted again", () => {
  it("is left out when its recall is lifted, and says again what stands", async () => {
    const [bad] = await stand(1);
    const target = readTarget("value", bad?.value ?? "");
    const { id } = await createRecall(actor, team.id, { target, reason: "Ours.", until: null });
    await carryOutRecall(id, { signal });
    const removal = await urgentPush();
    await liftRecall(actor, await getRecall(actor, id));
    const before = (await remote.writes()).length;

    expect(await deliverToTheEnd(removal)).toBe("done");

    expect(await getPush(actor, removal)).toMatchObject({ counts: { removed: 0, skipped: 1 } });
    expect(await remote.writes()).toHaveLength(before);
    expect(await statesOf()).toEqual(["visible"]);
    await isAsWanted();
  });

  it("is left out when its hold is lifted", async () => {
    const values = someValues(2);
    const feed = await vouch(team, values, { name: "Held" });
    await push(actor, defender);
    const hold = await withhold(actor, access(), { target: { scope: "feed", id: feed }, reason: "Wrong." });
    const removal = await apply(actor, defender);
    await liftWithheld(actor, { id: hold.id, teamId: team.id });

    await deliverToTheEnd(removal);

    expect(await valuesThere()).toEqual(sorted(values));
    expect(await statesOf()).toEqual(["accepted", "accepted"]);
    await isAsWanted();
  });

  it("is left out when a feed names it again, and the others go", async () => {
    const values = await stand(3);
    await unvouch(team, values);
    const removal = await apply(actor, defender);
    const back = values.slice(0, 1);
    await vouch(team, back, { name: "Again" });

    await deliverToTheEnd(removal);

    expect(await valuesThere()).toEqual(sorted(back));
    await push(actor, defender);
    expect(await valuesThere()).toEqual(sorted(back));
    await isAsWanted();
  });

  it("is sent all the same where everything is taken back", async () => {
    await stand();
    const made = await plan(actor, defender, true);
    const doer = asDoer(actor);
    const { id } = await applyPlan({ planId: made.id, teamId: team.id, hash: made.hash, doer });

    await deliverToTheEnd(id);

    expect(await valuesThere()).toEqual([]);
  });
});

describe("a removal that did nothing and is to be tried another way", () => {
  it("takes nothing away that was wanted again and sent before its turn came", async () => {
    await turn({ defenderDelete: "batch-lies" });
    const values = await stand();
    await unvouch(team, values);
    await push(actor, defender);
    await minutesPass(6);
    await look();
    const retry = await urgentPush();
    await vouch(team, values, { name: "Again" });
    // It waits for so long that nobody stands back for it any more.
    await minutesPass(11);
    await turn({ defenderDelete: "removes" });
    await push(actor, defender);
    expect(await valuesThere()).toEqual(sorted(values));

    expect(await deliverToTheEnd(retry)).toBe("done");

    expect(await valuesThere()).toEqual(sorted(values));
    await look();
    expect(await statesOf()).toEqual(["visible", "visible"]);
    await minutesPass(30);
    await look();
    await isAsWanted();
  });

  it("is still to be seen when what was wanted again is called off before it was sent", async () => {
    await turn({ defenderDelete: "batch-lies" });
    const values = await stand();
    await unvouch(team, values);
    await push(actor, defender);
    expect(await statesOf()).toEqual(["withdrawing", "withdrawing"]);
    await vouch(team, values, { name: "Again" });
    const addition = await apply(actor, defender);
    await unvouch(team, values);

    await deliverToTheEnd(addition);
    expect(await statesOf()).toEqual(["withdrawing", "withdrawing"]);

    await minutesPass(6);
    await look();
    await deliverToTheEnd(await urgentPush());
    expect(await valuesThere()).toEqual([]);
    await look();
    expect(await statesOf()).toEqual(["gone", "gone"]);
  });
});

describe("a feed that is held back while a push sends what it and another name", () => {
  it.each(["defender", "sentinel"] as const)(
    "says nothing more at %s from the next batch on",
    async (kind) => {
      const connector = kind === "defender" ? defender : await connect(actor, team, kind);
      const values = someValues(kind === "defender" ? 502 : 102);
      const held = await vouch(team, values, { name: "Held", comment: "Words of the held feed" });
      await vouch(team, values, { name: "Other", comment: "Other words" });
      const pushId = await apply(actor, connector);

      await deliverMeanwhile(pushId, async () => {
        await withhold(actor, access(), { target: { scope: "feed", id: held }, reason: "Wrong." });
      });

      const [first, ...later] = (await remote.writes()).map(({ body }) => JSON.stringify(body));
      expect(first).toContain("Words of the held feed");
      expect(later.join("")).not.toContain("Words of the held feed");
      expect(await getPush(actor, pushId)).toMatchObject({ counts: { skipped: 2 } });

      await push(actor, connector);
      const last = JSON.stringify(kind === "defender" ? await remote.defender() : await remote.sentinel());
      expect(last).not.toContain("Words of the held feed");
      expect(last.split("Other words")).toHaveLength(values.length + 1);
    },
  );
});

describe("a change of what stands that is left out when it was to be sent", () => {
  it.each(["defender", "sentinel"] as const)(
    "leaves its receipt at %s saying what stands, with why the change was not sent",
    async (kind) => {
      const connector = kind === "defender" ? defender : await connect(actor, team, kind);
      const values = someValues(1);
      await vouch(team, values, { name: "Other", comment: "Other words" });
      await push(actor, connector);
      await look(connector);
      const held = await vouch(team, values, { name: "Held", comment: "Words of the held feed" });
      const change = await apply(actor, connector);
      await withhold(actor, access(), { target: { scope: "feed", id: held }, reason: "Wrong." });
      const before = (await remote.writes()).length;

      await deliverToTheEnd(change);

      expect(await getPush(actor, change)).toMatchObject({ counts: { planned: 1, skipped: 1 } });
      expect(await remote.writes()).toHaveLength(before);
      const { receipts } = await listReceipts(connector, { limit: 5, after: null });
      expect(receipts).toMatchObject([
        {
          state: "visible",
          reason: expect.stringMatching(
            /^It stands as before: a change of it was not sent\. A person held back/,
          ) as unknown,
        },
      ]);
      expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 1 });
    },
  );
});

describe("a removal where nothing can be read back", () => {
  it("is said to be accepted and never confirmed", async () => {
    const sentinel = await connect(actor, team, "sentinel", { isReadable: false });
    const values = someValues(1);
    await vouch(team, values, { name: "List" });
    await push(actor, sentinel);
    await unvouch(team, values);
    await push(actor, sentinel);

    const { receipts } = await listReceipts(sentinel, { limit: 5, after: null });
    expect(receipts).toMatchObject([
      { state: "gone", reason: expect.stringMatching(/accepted; nothing can be read back/) as unknown },
    ]);
    expect(await toldSinceRemoval(actor, sentinel, values[0])).toEqual([
      "it accepted its removal.",
      "Gone from it: Its removal was accepted; nothing can be read back here, so nobody has seen it gone.",
    ]);
  });
});
