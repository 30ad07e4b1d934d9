import { describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { apply, connect, deliverToTheEnd, plan, push, someValues, unvouch, vouch } from "./testing/desk";
import { expectTruth, readUnderWay } from "./testing/hardship";
import { deliverUntilKilled } from "./testing/kill";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

type Side = { team: TestTeam; actor: Actor; defender: ConnectorView };
const makeSide = async (app: "TPI_TeamA" | "TPI_TeamB"): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  return { team, actor, defender: await connect(actor, team, "defender", { app }) };
};

/** A worker that was killed holds its leases until they run out; tests need not wait for that. */
const letLeasesRunOut = () =>
  database.asOwner(async (client) => {
    await client.query(
      "UPDATE push SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL",
    );
    await client.query(
      "UPDATE destination SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL",
    );
  });

/** How often each value stands at Defender, when that is not exactly once. */
const notOnce = async (values: readonly { value: string }[]): Promise<[string, number][]> => {
  const counts = new Map<string, number>();
  for (const { indicatorValue } of await remote.defender())
    counts.set(indicatorValue, (counts.get(indicatorValue) ?? 0) + 1);
  return values
    .map(({ value }) => [value, counts.get(value) ?? 0] as [string, number])
    .filter(([, n]) => n !== 1);
};

describe("a push whose worker is killed after the destination answered, before that is written down", () => {
  it.each([
    { answers: 1, atOnce: 1 },
    { answers: 2, atOnce: 1 },
    { answers: 1, atOnce: 3 },
    { answers: 2, atOnce: 3 },
  ])(
    "is taken over by another worker, which sends once more what was under way alone (killed after answer $answers of $atOnce requests at once)",
    async ({ answers, atOnce }) => {
      const { team, actor, defender } = await makeSide("TPI_TeamA");
      const values = someValues(1_200);
      await vouch(team, values, { name: "Feed" });
      const id = await apply(actor, defender);

      expect(await deliverUntilKilled(id, answers, atOnce)).toBe("SIGKILL");
      const stored = (await remote.defender()).length;
      // Beside the answer that it died after, others may have been on their way.
      expect(stored).toBeGreaterThanOrEqual(atOnce === 1 ? 500 * answers : 200 * answers);
      expect(stored).toBeLessThanOrEqual(atOnce === 1 ? 500 * answers : 1_200);
      // Earlier batches are written down while the next one is sent.
      const { state, counts } = await getPush(actor, id);
      expect(state).toBe("running");
      expect(counts.accepted).toBeLessThanOrEqual(atOnce === 1 ? 500 * (answers - 1) : 0);
      expect(await deliverPush(id, { signal })).toBe("busy");
      const underWay = await readUnderWay(id);

      await letLeasesRunOut();
      expect(await deliverPush(id, { signal })).toBe("done");
      expect(await getPush(actor, id)).toMatchObject({
        state: "done",
        counts: { accepted: 1_200, failed: 0 },
      });
      await expectTruth(remote, defender, values, { underWay });
      expect((await plan(actor, defender)).counts).toMatchObject({
        add: 0,
        change: 0,
        remove: 0,
        keep: 1_200,
      });
    },
  );

  it("finishes a hand-over that was cut between deleting and creating", async () => {
    const [a, b] = [await makeSide("TPI_TeamA"), await makeSide("TPI_TeamB")];
    const values = someValues(3);
    for (const side of [a, b]) {
      await vouch(side.team, values, { name: "Feed" });
      await push(side.actor, side.defender);
    }
    await unvouch(a.team, values);
    const id = await apply(a.actor, a.defender);

    expect(await deliverUntilKilled(id, 1)).toBe("SIGKILL");
    expect(await remote.defender()).toEqual([]);

    await letLeasesRunOut();
    expect(await deliverPush(id, { signal })).toBe("done");
    expect(await notOnce(values)).toEqual([]);
    const makers = (await remote.defender()).map(({ createdBy }) => createdBy);
    expect(new Set(makers)).toEqual(new Set([b.defender.clientId]));
  });

  it("takes back what may have been sent and is not wanted any more", async () => {
    const { team, actor, defender } = await makeSide("TPI_TeamA");
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    const id = await apply(actor, defender);
    expect(await deliverUntilKilled(id, 1)).toBe("SIGKILL");
    await unvouch(team, values);
    await letLeasesRunOut();
    expect(await deliverPush(id, { signal })).toBe("done");
    expect(await remote.defender()).toEqual([]);
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, remove: 0 });
  });
});

describe("two pushes of 5,000 to one tenant at once", () => {
  it("store every indicator exactly once, and send none again that was answered, with one worker killed in the middle and half the values shared", async () => {
    const [a, b] = [await makeSide("TPI_TeamA"), await makeSide("TPI_TeamB")];
    const [shared, onlyA, onlyB] = [someValues(2_500), someValues(2_500), someValues(2_500)];
    await vouch(a.team, [...shared, ...onlyA], { name: "Feed of A" });
    await vouch(b.team, [...shared, ...onlyB], { name: "Feed of B" });
    const [pushA, pushB] = [await apply(a.actor, a.defender), await apply(b.actor, b.defender)];

    const other = deliverToTheEnd(pushB);
    expect(await deliverUntilKilled(pushA, 4)).toBe("SIGKILL");
    const underWay = await readUnderWay(pushA);
    await letLeasesRunOut();
    const outcomes = [await deliverToTheEnd(pushA), await other];

    expect(outcomes).toEqual(["done", "done"]);
    expect(await getPush(a.actor, pushA)).toMatchObject({ counts: { accepted: 5_000, failed: 0 } });
    expect(await getPush(b.actor, pushB)).toMatchObject({ counts: { accepted: 5_000, failed: 0 } });
    expect(await remote.defender()).toHaveLength(7_500);
    await expectTruth(remote, a.defender, [...shared, ...onlyA], { underWay });
    await expectTruth(remote, b.defender, [...shared, ...onlyB], { underWay });
    const titles = new Map(
      (await remote.defender()).map(({ indicatorValue, title }) => [indicatorValue, title]),
    );
    expect(shared.filter(({ value }) => !titles.get(value)?.includes(" +1]"))).toEqual([]);
    for (const { actor, defender } of [a, b])
      expect((await plan(actor, defender)).counts).toMatchObject({
        add: 0,
        change: 0,
        remove: 0,
        keep: 5_000,
      });
  }, 240_000);
});
