import { randomInt } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { asSystem, asTeam } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { withhold } from "@/lib/services/withheld/withhold";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getPush } from "./get-push";
import {
  apply,
  connect,
  deliverMeanwhile,
  deliverToTheEnd,
  openOneByOne,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";

const { remote } = useDestinations();

let team: TestTeam;
let access: TeamAccess;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  access = { id: team.id, slug: team.slug, name: team.name, role: "owner" };
  actor = await makeActor([[team, "owner"]]);
});

/** Lets something happen between the preparing of each batch, or the first alone, and its leaving; counts what was begun. */
const beforeLeaving = (act: () => Promise<unknown>, { isEach = false } = {}) => {
  const seen = { begun: 0 };
  const open: OpenDestination = (settings) => {
    const destination = openOneByOne(settings);
    return {
      ...destination,
      push: async (batch, signal, onSplit) => {
        seen.begun += 1;
        if (isEach || seen.begun === 1) await act();
        return destination.push(batch, signal, onSplit);
      },
    };
  };
  return { open, seen };
};
const valuesThere = async () => (await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort();
const sorted = (values: readonly Vouched[]) => values.map(({ value }) => value).sort();
const three = (): [Vouched, Vouched, Vouched] => {
  const [one, two, last] = someValues(3);
  if (!one || !two || !last) throw new Error("There are three.");
  return [one, two, last];
};

describe("between the preparing of a batch and its leaving", () => {
  it("what no feed names any more is left out of it, and the rest goes", async () => {
    const defender = await connect(actor, team, "defender");
    const [gone, ...kept] = three();
    await vouch(team, [gone, ...kept], { name: "List" });
    const id = await apply(actor, defender);
    const { open } = beforeLeaving(() => unvouch(team, [gone]));

    expect(await deliverToTheEnd(id, open)).toBe("done");

    expect(JSON.stringify(await remote.writes())).not.toContain(gone.value);
    expect(await valuesThere()).toEqual(sorted(kept));
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 2, skipped: 1 } });
  });

  it("what a person holds back is left out of it", async () => {
    const defender = await connect(actor, team, "defender");
    const [held, ...kept] = three();
    const feed = await vouch(team, [held], { name: "Bad list" });
    await vouch(team, kept, { name: "Good list" });
    const id = await apply(actor, defender);
    const { open } = beforeLeaving(() =>
      withhold(actor, access, { target: { scope: "feed", id: feed }, reason: "Wrong." }),
    );

    await deliverToTheEnd(id, open);

    expect(JSON.stringify(await remote.writes())).not.toContain(held.value);
    expect(await valuesThere()).toEqual(sorted(kept));
  });

  it("a connector's lower ceiling has it looked at once more", async () => {
    const defender = await connect(actor, team, "defender");
    await vouch(team, three(), { name: "List", tlp: 3 });
    const id = await apply(actor, defender);
    const { open } = beforeLeaving(() =>
      updateConnector(actor, defender, connectorPatchSchema.parse({ selection: { maxTlp: "green" } })),
    );

    await deliverToTheEnd(id, open);

    expect(await valuesThere()).toEqual([]);
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 0, skipped: 3 } });
  });

  it("what a source marks above the ceiling is left out of it, and the rest goes", async () => {
    const defender = await connect(actor, team, "defender");
    const [raised, ...kept] = three();
    await vouch(team, [raised, ...kept], { name: "List", tlp: 2 });
    const id = await apply(actor, defender);
    const { open } = beforeLeaving(() => vouch(team, [raised], { name: "Secret list", tlp: 5 }));

    expect(await deliverToTheEnd(id, open)).toBe("done");

    expect(JSON.stringify(await remote.writes())).not.toContain(raised.value);
    expect(await valuesThere()).toEqual(sorted(kept));
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 2, skipped: 1 } });
  });

  it("no address of a network leaves that a source marks above the ceiling", async () => {
    const selection = { expandNetworksUpTo: 4 };
    const defender = await connect(actor, team, "defender", { selection });
    const network: Vouched = { type: "ipv4-cidr", value: `45.156.${String(randomInt(256))}.8/30` };
    const kept = someValues(1);
    await vouch(team, [network, ...kept], { name: "List", tlp: 2 });
    const id = await apply(actor, defender);
    const { open } = beforeLeaving(() => vouch(team, [network], { name: "Secret list", tlp: 5 }));

    expect(await deliverToTheEnd(id, open)).toBe("done");

    expect(JSON.stringify(await remote.writes())).not.toContain(network.value.replace("8/30", ""));
    expect(await valuesThere()).toEqual(sorted(kept));
  });

  it("what else the team saves, again and again, keeps nothing from leaving", async () => {
    const defender = await connect(actor, team, "defender");
    await vouch(team, someValues(3), { name: "List" });
    const id = await apply(actor, defender);
    const save = () => addLocalIndicators(actor, access, someValues(1));
    const { open, seen } = beforeLeaving(save, { isEach: true });

    expect(await deliverToTheEnd(id, open)).toBe("done");

    expect(seen.begun).toBe(1);
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 3 } });
  });
});

describe("what a batch put there although no feed names it any more", () => {
  it("is taken back by an automatic connector ahead of the rest of the push", async () => {
    const defender = await connect(actor, team, "defender", { mode: "automatic" });
    const [gone, ...kept] = three();
    await vouch(team, [gone, ...kept], { name: "List" });
    const id = await apply(actor, defender);

    await deliverMeanwhile(id, () => unvouch(team, [gone]));

    expect(await valuesThere()).toHaveLength(3);
    const waiting = await asTeam(team.id, (tx) =>
      tx.urgentItem.count({ where: { connectorId: defender.id } }),
    );
    expect(waiting).toBe(1);
    const jobs = await asSystem("delivery", (tx) =>
      tx.outbox.findMany({ where: { job: "connector.plan-urgent" }, select: { data: true } }),
    );
    expect(jobs.map(({ data }) => data)).toContainEqual({ connectorId: defender.id });
    const outcome = await planUrgent(defender.id);
    if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
    await deliverToTheEnd(outcome.pushId);
    expect(await valuesThere()).toEqual(sorted(kept));
  });
});
