import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import {
  connect,
  forgetDestinations,
  plan,
  push,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { workspaceDesk } from "@/lib/services/delivery/testing/workspace";
import { updateFeed } from "@/lib/services/feeds/update-feed";
import { updateTeam } from "@/lib/services/people/update-team";
import { isPlanBehind } from "@/lib/services/planning/is-plan-behind";
import { listStrangers } from "@/lib/services/reconcile/list-strangers";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import type { ConnectorView } from "./connector-view";
import { countHeld } from "./count-held";
import { getHunting } from "./hunting";
import { updateConnector } from "./update-connector";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const workspace = workspaceDesk(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let sentinel: ConnectorView;
let feedId: string;
let renamed: string;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    await client.query("DELETE FROM stranger");
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  sentinel = await connect(actor, team, "sentinel");
  feedId = await vouch(team, someValues(3), { name: "Feed" });
  await push(actor, sentinel);
  await confirmConnector(sentinel.id, { signal });
  renamed = `Renamed ${randomUUID()}`;
});

const announced = async (): Promise<number> => {
  const sql = "SELECT FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1";
  return (await database.asOwner((client) => client.query(sql, [sentinel.id]))).rowCount ?? 0;
};
const strangers = async () =>
  (await listStrangers(sentinel, { limit: 10, after: null })).strangers.map(({ value }) => value);

describe("a team that is renamed", () => {
  it("has its connectors plan, whose records all change", async () => {
    await updateConnector(actor, sentinel, connectorPatchSchema.parse({ mode: "automatic" }));
    await database.asOwner((client) => client.query("DELETE FROM outbox"));
    await updateTeam(actor, team.id, { name: team.name });
    expect([await isPlanBehind(sentinel), await announced()]).toEqual([false, 0]);

    await updateTeam(actor, team.id, { name: renamed });

    expect([await isPlanBehind(sentinel), await announced()]).toEqual([true, 1]);
    expect((await plan(actor, sentinel)).counts).toMatchObject({ change: 3, keep: 0 });
    await push(actor, sentinel);
    for (const { labels } of await remote.sentinel())
      expect(labels).toEqual([`team:${renamed}`, "feed:Feed"]);
  });

  it("finds its own by the queries before and after they are written anew", async () => {
    await updateTeam(actor, team.id, { name: renamed });
    const connector = { ...sentinel, teamName: renamed };
    const { queries } = await getHunting(connector);
    expect(queries[0]?.query).toContain(`"team:${renamed}"`);
    expect(queries[0]?.query).toContain(`"team:${team.name}"`);
    expect(await countHeld(sentinel)).toEqual({ held: 3, live: 3 });
    await push(actor, sentinel);
    expect(await countHeld(sentinel)).toEqual({ held: 3, live: 3 });
  });

  it("is shown what bears its old name as its own, unless another team took that", async () => {
    const value = "by-a-script.example.com";
    const old = [`team:${team.name}`];
    await workspace.upload(sentinel.sourceSystem, { value, labels: old });
    await updateTeam(actor, team.id, { name: renamed });
    await reconcileConnector(sentinel.id, { signal });
    expect(await strangers()).toEqual([value]);

    const other = await makeTeam();
    await updateTeam(await makeActor([[other, "owner"]]), other.id, { name: team.name });
    await reconcileConnector(sentinel.id, { signal });
    expect(await strangers()).toEqual([]);
    const { queries } = await getHunting({ ...sentinel, teamName: renamed });
    expect(queries[0]?.query).not.toContain(`"team:${team.name}"`);
  });
});

it("a feed that is renamed has its team's connectors plan", async () => {
  await plan(actor, sentinel);
  expect(await isPlanBehind(sentinel)).toBe(false);
  await updateFeed(actor, { id: feedId, teamId: team.id }, { name: "Feed of today" });
  expect(await isPlanBehind(sentinel)).toBe(true);
  expect((await plan(actor, sentinel)).counts).toMatchObject({ change: 3 });
});
