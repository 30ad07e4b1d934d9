import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { deleteConnector } from "@/lib/services/connectors/delete-connector";
import { connect, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { isPlanBehind } from "@/lib/services/planning/is-plan-behind";
import { codeOf, planOf, useSharedTenant, type Side } from "@/lib/testing/shared-tenant";
import { startSandbox } from "@/sandbox/server";

import { checkBudget } from "./check-budget";
import { listDestinations } from "./list-destinations";

const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const tenant = useSharedTenant(remote);
const { destinationOf, setBudget, seeForeign, readEntries } = tenant;
let administrator: Actor;
let reader: Side;
let blind: Side;
beforeEach(() => {
  ({ administrator, reader, blind } = tenant.sides());
});

type Patch = Parameters<typeof checkBudget>[2];
const check = async (patch: Patch) => checkBudget(administrator, await destinationOf(reader.defender), patch);

describe("a change of a budget, looked at before it is saved", () => {
  it("is told in numbers for the tenant, each team and each feed, and comes true when it is saved", async () => {
    await seeForeign(14_960);
    const [sure, doubtful] = [someValues(30), someValues(20)];
    const sureFeed = await vouch(reader.team, sure, { name: "Sure", confidence: 90 });
    const doubtfulFeed = await vouch(blind.team, doubtful, { name: "Doubtful", confidence: 20 });
    await push(reader.actor, reader.defender);
    await push(blind.actor, blind.defender);
    const before = await readEntries();

    const effect = await check({ headroom: 15 });

    expect(effect).toMatchObject({ leave: 15, come: 0, stay: 25, standing: 15, room: 25 });
    const shifts = (rows: readonly { id: string; leave: number; come: number; stay: number }[]) =>
      Object.fromEntries(rows.map(({ id, leave, come, stay }) => [id, [leave, come, stay]]));
    expect(shifts(effect.teams)).toEqual({ [reader.team.id]: [5, 0, 25], [blind.team.id]: [10, 0, 0] });
    expect(shifts(effect.feeds)).toEqual({ [sureFeed]: [5, 0, 25], [doubtfulFeed]: [10, 0, 0] });
    for (const { value } of [...sure, ...doubtful]) expect(JSON.stringify(effect)).not.toContain(value);
    expect(await readEntries()).toEqual(before);
    expect(await check({})).toMatchObject({ leave: 0, come: 0, stay: 40 });

    expect(await isPlanBehind(reader.defender)).toBe(false);
    await setBudget({ headroom: 15 });
    // Nobody else tells those who review.
    expect(await isPlanBehind(reader.defender)).toBe(true);
    expect((await planOf(reader)).counts).toMatchObject({ remove: 5, keep: 25 });
    expect((await planOf(blind)).counts).toMatchObject({ remove: 10, keep: 0 });
    expect(await check({ headroom: 0 })).toMatchObject({ leave: 0, come: 15, stay: 25, standing: 0 });
  });

  it("weighs the same wishes by other weights", async () => {
    await seeForeign(14_990);
    const longAgo = new Date("2020-01-01T00:00:00Z");
    await vouch(reader.team, someValues(10), { name: "Sure", confidence: 90, lastSeen: longAgo });
    await vouch(blind.team, someValues(10), { name: "New", confidence: 45 });
    await planOf(reader);
    await planOf(blind);

    const weights = { confidence: 1, recency: 10 };
    expect(await check({ weights })).toMatchObject({ leave: 10, come: 10, stay: 0, standing: 0 });
    expect(await check({ weights: { recency: 1 } })).toMatchObject({ leave: 0, come: 0, stay: 10 });

    await setBudget({ weights });
    expect((await planOf(reader)).counts).toMatchObject({ add: 0, blocked: 10 });
    expect((await planOf(blind)).counts).toMatchObject({ add: 10, blocked: 0 });
  });

  it("leaves to a paused connector what stands of it", async () => {
    await seeForeign(14_990);
    await vouch(blind.team, someValues(6), { name: "Doubtful", confidence: 20 });
    await push(blind.actor, blind.defender);
    await tenant.database.asOwner((client) =>
      client.query("UPDATE connector SET enabled = false WHERE id = $1", [blind.defender.id]),
    );
    expect(await check({ headroom: 10 })).toMatchObject({ leave: 0, come: 0, stay: 0, room: 0 });
  });

  it("is an administrator's to ask, and refused as the change itself is", async () => {
    const id = await destinationOf(reader.defender);
    expect(await codeOf(checkBudget(reader.actor, id, { headroom: 5 }))).toBe("forbidden");
    expect(await codeOf(checkBudget(administrator, reader.team.id, {}))).toBe("not_found");
    const teams = { [blind.team.id]: { floor: 14_900, ceiling: null } };
    expect(await codeOf(check({ headroom: 300, teams }))).toBe("invalid_input");
  });
});

describe("the list of destinations", () => {
  it("counts places, not wishes: what several connectors want is one, and said to be several's", async () => {
    await seeForeign(14_985);
    const common = someValues(10);
    const feed = await vouch(reader.team, common, { name: "Common", confidence: 90 });
    await vouch(blind.team, [...common.slice(0, 4), ...someValues(8)], { name: "Other", confidence: 20 });
    const second = await connect(reader.actor, reader.team, "defender", { app: "TPI_TeamA" });
    await planOf(reader);
    await planOf({ ...reader, defender: second });
    await planOf(blind);

    const [view] = await listDestinations(administrator, new Date());

    expect(view).toMatchObject({ room: 15, wanted: 18, chosen: 15, several: 10 });
    expect(view?.teams.find(({ id }) => id === reader.team.id)).toMatchObject({
      ...{ wanted: 10, chosen: 10, several: 10 },
    });
    expect(view?.teams.find(({ id }) => id === blind.team.id)).toMatchObject({
      ...{ wanted: 12, chosen: 9, several: 0 },
    });
    expect(view?.feeds.find(({ id }) => id === feed)).toMatchObject({ wanted: 10, chosen: 10, several: 10 });
  });

  it("names a team that sends there no more and still has a share, since that counts", async () => {
    const teams = { [blind.team.id]: { floor: 2_000, ceiling: null } };
    await setBudget({ teams });
    await deleteConnector(blind.actor, { id: blind.defender.id, teamId: blind.team.id });

    const [view] = await listDestinations(administrator, new Date());

    expect(view?.teams.find(({ id }) => id === blind.team.id)).toMatchObject({ floor: 2_000, wanted: 0 });
    await setBudget({ teams: { [blind.team.id]: null } });
    const [without] = await listDestinations(administrator, new Date());
    expect(without?.teams.map(({ id }) => id)).not.toContain(blind.team.id);
  });

  it("tells records for other device groups apart, in whatever order these are named", async () => {
    const values = someValues(3);
    await vouch(reader.team, values, { name: "Feed" });
    const on = (deviceGroups: string[]) =>
      connect(reader.actor, reader.team, "defender", { app: "TPI_TeamA", deviceGroups });
    const groups = [await on(["Servers", "Kiosks"]), await on(["Kiosks", "Servers"])];
    for (const defender of [reader.defender, ...groups]) await planOf({ ...reader, defender });

    const [view] = await listDestinations(administrator, new Date());

    expect(view).toMatchObject({ wanted: 6, chosen: 6, several: 3 });
  });
});
