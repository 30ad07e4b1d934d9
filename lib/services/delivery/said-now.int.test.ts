import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { updateFeed } from "@/lib/services/feeds/update-feed";
import { isPlanBehind } from "@/lib/services/planning/is-plan-behind";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import {
  apply,
  connect,
  deliverToTheEnd,
  forgetDestinations,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

type Side = { team: TestTeam; actor: Actor; defender: ConnectorView; sentinel: ConnectorView };

const makeSide = async (app: "TPI_TeamA" | "TPI_TeamB", settings: Record<string, unknown>): Promise<Side> => {
  const team = await makeTeam(`${app} ${randomUUID().slice(0, 8)}`);
  const actor = await makeActor([[team, "owner"]]);
  return {
    ...{ team, actor },
    defender: await connect(actor, team, "defender", { app, ...settings }),
    sentinel: await connect(actor, team, "sentinel", { app, ...settings }),
  };
};

const pushBoth = async ({ actor, defender, sentinel }: Side): Promise<void> => {
  for (const connector of [defender, sentinel]) await push(actor, connector);
};
const standing = async (): Promise<string> =>
  JSON.stringify([await remote.defender(), await remote.sentinel()]);

let values: Vouched[];
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  values = someValues(1);
});

const makePrivate = { visibility: "team" } as const;

describe("a feed that was everybody's and is made its team's own", () => {
  let a: Side;
  let b: Side;
  let feedId: string;
  beforeEach(async () => {
    [a, b] = [await makeSide("TPI_TeamA", {}), await makeSide("TPI_TeamB", {})];
    const said = { comment: "Words of A", threatType: "C2", tags: ["case-7"] };
    feedId = await vouch(a.team, values, { name: "List of A", visibility: "everyone", ...said });
    await vouch(b.team, values, { name: "List of B" });
    await pushBoth(a);
    await pushBoth(b);
  });

  it("leaves what others read with its own team's next plans, which are announced", async () => {
    expect(await standing()).toMatch(/List of A.*Words of A/);
    await plan(a.actor, a.defender);
    await updateConnector(a.actor, a.sentinel, connectorPatchSchema.parse({ mode: "automatic" }));
    expect(await isPlanBehind(a.defender)).toBe(false);
    await database.asOwner((client) => client.query("DELETE FROM outbox"));

    await updateFeed(a.actor, { id: feedId, teamId: a.team.id }, makePrivate);

    expect(await isPlanBehind(a.defender)).toBe(true);
    const { rowCount } = await database.asOwner((client) =>
      client.query("SELECT FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1", [
        a.sentinel.id,
      ]),
    );
    expect(rowCount).toBe(1);
    await pushBoth(a);
    expect(await standing()).not.toMatch(/List of A|Words of A|C2|case-7/);
  });

  it("is not named any more by what another team writes before, whatever its own team's claims say", async () => {
    await updateFeed(a.actor, { id: feedId, teamId: a.team.id }, makePrivate);
    await vouch(b.team, values, { name: "Second list of B", confidence: 95 });

    await pushBoth(b);

    expect(await standing()).not.toMatch(/List of A|Words of A|C2|case-7/);
    expect(await standing()).toContain(a.team.name);
  });

  it("is not named by a push that was planned before", async () => {
    await vouch(a.team, values, { name: "Second list of A", visibility: "everyone", confidence: 95 });
    const pushIds = [await apply(a.actor, a.defender), await apply(a.actor, a.sentinel)];
    await updateFeed(a.actor, { id: feedId, teamId: a.team.id }, makePrivate);

    for (const id of pushIds) await deliverToTheEnd(id);

    expect(await standing()).toContain("Second list of A");
    expect(await standing()).not.toMatch(/"List of A|Words of A|C2|case-7/);
  });
});

describe("what is stricter than the ceiling of whose application writes", () => {
  const RED = { tlp: 5, visibility: "everyone", comment: "Words of B", tags: ["case-7"] } as const;
  let a: Side;
  let b: Side;
  const meet = async (ceilingOfA: "amber" | "red"): Promise<void> => {
    a = await makeSide("TPI_TeamA", { selection: { maxTlp: ceilingOfA } });
    b = await makeSide("TPI_TeamB", { selection: { maxTlp: "red" } });
    await vouch(a.team, values, { name: "List of A", visibility: "everyone" });
    await vouch(b.team, values, { name: "List of B", ...RED });
    await push(a.actor, a.defender);
    await push(b.actor, b.defender);
  };

  it("is not in the record, which says whose it is all the same, until another's application writes it", async () => {
    await meet("amber");
    const [shared] = await remote.defender();
    expect(shared?.title).toBe(`[${a.team.name} +1] List of A · Domain · 80`);
    expect(shared?.description).toContain(`Teams: ${a.team.name}, ${b.team.name}.`);
    expect(await standing()).not.toMatch(/List of B|Words of B|case-7/);

    await unvouch(a.team, values);
    await push(a.actor, a.defender);

    expect((await remote.defender()).map(({ description }) => description)).toEqual([
      expect.stringContaining("Words of B"),
    ]);
  });

  it("is not in an object at Sentinel either, nor its marking, when that application writes there", async () => {
    await meet("amber");
    await push(b.actor, b.sentinel);
    expect(await standing()).toContain("Words of B");

    await push(a.actor, a.sentinel);

    const [object] = await remote.sentinel();
    expect(object?.labels).toEqual([`team:${b.team.name}`, `team:${a.team.name}`, "feed:List of A"]);
    expect(object?.["object_marking_refs"]).toEqual([expect.stringContaining("f88d31f6")]);
    expect(JSON.stringify(object)).not.toMatch(/List of B|Words of B|case-7/);
  });

  it("leaves records with the next plan once a ceiling is lowered", async () => {
    await meet("red");
    expect(await standing()).toContain("Words of B");
    await plan(a.actor, a.defender);

    const selection = { ...a.defender.selection, maxTlp: "amber" };
    await updateConnector(a.actor, a.defender, connectorPatchSchema.parse({ selection }));

    expect((await push(a.actor, a.defender)).counts).toMatchObject({ planned: 1, accepted: 1 });
    expect(await standing()).not.toMatch(/List of B|Words of B|case-7/);
    expect((await plan(a.actor, a.defender)).counts).toMatchObject({ change: 0, keep: 1 });
    expect((await plan(b.actor, b.defender)).counts).toMatchObject({ change: 0, keep: 1 });
  });
});
