import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { PushItemFilter } from "@/lib/domain/delivery/push-items";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { getPlan } from "@/lib/services/planning/get-plan";
import { listPlans } from "@/lib/services/planning/list-plans";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { countSeen, listPushItems, NOTHING_SEEN } from "./list-push-items";
import { listReceipts } from "./list-receipts";
import { connect, push, someValues, unvouch, vouch, type Vouched } from "./testing/desk";

useDestinations();
const signal = new AbortController().signal;

/** Its label is longer than Microsoft takes. */
const bad: Vouched = { type: "domain", value: `${"a".repeat(64)}.bad-site.net` };
let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const listAll = async (pushId: string, state?: PushItemFilter) =>
  (await listPushItems({ id: pushId, teamId: team.id }, { state, limit: 100, after: null })).items;

describe("the receipts of a push", () => {
  it("are listed in pages, each with its outcome, and found by it", async () => {
    const values = [...someValues(4), bad];
    await vouch(team, values, { name: "Feed" });
    const { id } = await push(actor, defender);

    const first = await listPushItems({ id, teamId: team.id }, { limit: 3, after: null });
    const rest = await listPushItems({ id, teamId: team.id }, { limit: 3, after: first.next });
    const paged = [...first.items, ...rest.items].map(({ value }) => value);
    expect(paged.toSorted()).toEqual(values.map(({ value }) => value).toSorted());
    expect(rest.next).toBeNull();
    expect(await listAll(id, "failed")).toMatchObject([
      { value: bad.value, receiptState: "failed", remoteId: null },
    ]);
    expect(await listAll(id, "accepted")).toHaveLength(4);
    expect(await listAll(id, "open")).toEqual([]);
  });

  it("tell what was seen there since, as far as no later push decides about it", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    const sent = await push(actor, defender);
    expect(await countSeen(sent)).toEqual(NOTHING_SEEN);
    await confirmConnector(defender.id, { signal });
    expect(await countSeen(sent)).toEqual({ ...NOTHING_SEEN, visible: 3 });
    expect(await listAll(sent.id, "visible")).toHaveLength(3);

    await unvouch(team, values.slice(0, 1));
    const removal = await push(actor, defender);
    expect(await countSeen(sent)).toEqual({ ...NOTHING_SEEN, visible: 2 });
    const [gone] = (await listAll(sent.id)).filter(({ isNewest }) => !isNewest);
    expect(gone).toMatchObject({ value: values[0]?.value, state: "accepted", receiptState: "withdrawing" });

    expect(await countSeen(removal)).toEqual({ ...NOTHING_SEEN, unconfirmed: 1 });
    expect(await listAll(removal.id, "unconfirmed")).toMatchObject([{ value: values[0]?.value }]);
    await confirmConnector(defender.id, { signal });
    expect(await countSeen(removal)).toEqual({ ...NOTHING_SEEN, gone: 1 });
    expect(await listAll(removal.id, "gone")).toMatchObject([{ value: values[0]?.value, state: "removed" }]);
    expect(await listAll(removal.id, "unconfirmed")).toEqual([]);
  });

  it("are of their team alone", async () => {
    await vouch(team, someValues(1), { name: "Feed" });
    const { id } = await push(actor, defender);
    const { id: teamId } = await makeTeam();
    expect((await listPushItems({ id, teamId }, { limit: 10, after: null })).items).toEqual([]);
    expect(await countSeen({ id, teamId })).toEqual(NOTHING_SEEN);
  });
});

describe("a refused value", () => {
  it("names no record that is not there", async () => {
    await vouch(team, [bad], { name: "Feed" });
    await push(actor, defender);

    const { receipts } = await listReceipts(defender, { limit: 10, after: null });
    expect(receipts).toMatchObject([{ state: "failed", remoteId: null, stixId: null }]);
    const trace = await traceIndicator(actor, indicatorId(bad.type, bad.value));
    expect(trace.receipts).toMatchObject([{ state: "failed", remoteId: null, stixId: null }]);
  });
});

describe("a plan that was applied", () => {
  it("tells its push, and how much of it was accepted", async () => {
    await vouch(team, someValues(2), { name: "Feed" });
    const { id, planId } = await push(actor, defender);

    const told = { id, state: "done", counts: { planned: 2, accepted: 2, failed: 0 } };
    expect(await getPlan(actor, planId)).toMatchObject({ state: "applied", push: told });
    expect((await listPlans(defender, { limit: 5, after: null })).plans).toMatchObject([{ push: told }]);
  });
});
