import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { apply, connect, deliverToTheEnd, plan, push } from "@/lib/services/delivery/testing/desk";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { withhold } from "@/lib/services/withheld/withhold";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { getTeamOverview } from "./team-overview";

useTestDatabase();
let sandbox: Sandbox;
let actor: Actor;
let defender: ConnectorView;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  const team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});
afterAll(async () => {
  await sandbox.close();
  delete process.env["SANDBOX_URL"];
});

const access = () => {
  const [team] = actor.teams;
  if (!team) throw new Error("The actor has no team.");
  return team;
};
const attention = async () =>
  (await getTeamOverview(actor, access(), new Date())).attention.map(({ kind, path }) => ({ kind, path }));

describe("what needs a person", () => {
  it("is nothing while nothing has changed", async () => {
    expect(await attention()).toEqual([]);
  });

  it("is a plan after the team's indicators changed, then the plan itself until it is applied", async () => {
    await addLocalIndicators(actor, access(), [{ value: "45.155.205.7" }]);
    expect(await attention()).toEqual([{ kind: "unplanned", path: `connectors/${defender.id}` }]);

    const made = await plan(actor, defender);
    expect(await attention()).toEqual([{ kind: "waiting-plan", path: `plans/${made.id}` }]);

    await push(actor, defender);
    expect(await attention()).toEqual([]);
  });

  it("is no plan that would change nothing", async () => {
    await plan(actor, defender);
    expect(await attention()).toEqual([]);
  });

  it("is a new plan after the last one was refused as stale", async () => {
    await addLocalIndicators(actor, access(), [{ value: "45.155.205.8" }]);
    const { id: planId, hash } = await plan(actor, defender);
    await updateConnector(actor, defender, { severity: "High" });

    const attempt = applyPlan({ planId, hash, teamId: access().id, doer: asDoer(actor) });
    await expect(attempt).rejects.toMatchObject({ code: "stale" });

    expect(await attention()).toEqual([{ kind: "unplanned", path: `connectors/${defender.id}` }]);
  });

  it("is a plan when what is still vouched for soon ends at a destination", async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    const lapsing = async (now: Date) =>
      (await getTeamOverview(actor, access(), now)).attention.filter(({ kind }) => kind === "lapsing");

    expect(await lapsing(inDays(23))).toEqual([]);
    expect(await lapsing(inDays(25))).toEqual([
      {
        kind: "lapsing",
        message: `${defender.name}: still vouched for, but ending there within 5 days: 1 indicator. Plan, look and apply.`,
        path: `connectors/${defender.id}`,
      },
    ]);
    expect((await lapsing(inDays(31)))[0]?.message).toContain("but ended there: 1 indicator");
  });
});

describe("what was applied", () => {
  let person: Actor;
  let own: TeamAccess;
  let connector: ConnectorView;
  beforeAll(async () => {
    const team = await makeTeam();
    person = await makeActor([[team, "owner"]]);
    own = { id: team.id, slug: team.slug, name: team.name, role: "owner" };
    connector = await connect(person, team, "defender");
  });
  const overview = () => getTeamOverview(person, own, new Date());

  it("is told until nothing of it is left, and needs nobody while it waits for its turn", async () => {
    await addLocalIndicators(person, own, [{ value: "45.155.205.9" }]);
    const pushId = await apply(person, connector);

    const { attention: needed, underWay } = await overview();
    expect(needed).toEqual([]);
    expect(underWay).toMatchObject([
      { id: pushId, connector: connector.name, state: "queued", planned: 1, left: 1, isSendingOff: false },
    ]);

    await deliverToTheEnd(pushId);
    expect((await overview()).underWay).toEqual([]);
  });

  it("and is withdrawn beyond the limits says that a second person has to approve that, and why", async () => {
    const approval = { maxAdds: null, maxRemoves: 0, maxRemovedPercent: null };
    await updateConnector(person, connector, { approval });
    await withhold(person, own, { target: { scope: "team" }, reason: "Wrong list.", until: null });

    const messages = (await overview()).attention.map(({ message }) => message);
    expect(messages.find((message) => message.includes("takes back 1"))).toMatch(
      /waits for a second person’s approval\. It removes 1/,
    );
  });
});
