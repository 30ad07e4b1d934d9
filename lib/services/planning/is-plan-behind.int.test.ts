import { beforeEach, describe, expect, it } from "vitest";

import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { deleteConnector } from "@/lib/services/connectors/delete-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { connect, plan, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { isPlanBehind } from "./is-plan-behind";

useDestinations();

let access: TeamAccess;
let actor: Actor;
let review: ConnectorView;
let beside: ConnectorView;
beforeEach(async () => {
  const team = await makeTeam();
  access = { ...team, role: "owner" };
  actor = await makeActor([[team, "owner"]]);
  review = await connect(actor, team, "defender", { name: "A Defender", selection: { maxTlp: "amber" } });
  beside = await connect(actor, team, "sentinel", { name: "B Sentinel" });
  await plan(actor, review);
  await plan(actor, beside);
});

const change = (patch: Record<string, unknown>) =>
  updateConnector(actor, review, connectorPatchSchema.parse(patch));
const attention = async () =>
  (await getTeamOverview(actor, access, new Date())).attention.map(({ kind, path }) => `${kind} ${path}`);
const UNPLANNED = () => [`unplanned connectors/${review.id}`];

describe("a connector where a person applies", () => {
  it.each([
    ["a lower TLP ceiling", { selection: { maxTlp: "green" } }],
    ["fewer feeds", { selection: { feeds: [] } }],
    ["another action", { action: "Warn" }],
    ["a gate", { gate: { maxPrevalence: 3, nearAllowlist: false, otherTeams: false } }],
    ["another wording", { titleTemplate: "{team}: {type}" }],
  ])("is behind once its settings say %s, and asks for a plan until there is one", async (_what, patch) => {
    expect([await isPlanBehind(review), await attention()]).toEqual([false, []]);

    await change(patch);

    expect([await isPlanBehind(review), await attention()]).toEqual([true, UNPLANNED()]);
    expect(await isPlanBehind(beside)).toBe(false);
    await plan(actor, review);
    expect([await isPlanBehind(review), await attention()]).toEqual([false, []]);
  });

  it("is not behind by what decides nothing", async () => {
    await change({ name: "Another name", reconcileMinutes: 30, approval: { maxAdds: 5 } });

    expect([await isPlanBehind(review), await attention()]).toEqual([false, []]);
  });

  it("is not behind any more once its settings are what they were", async () => {
    await change({ selection: { maxTlp: "green" } });
    await change({ selection: { maxTlp: "amber" } });

    expect([await isPlanBehind(review), await attention()]).toEqual([false, []]);
  });

  it("is asked for a new plan instead of one that would be refused", async () => {
    await vouch(access, someValues(1), { name: "Feed" });
    await plan(actor, beside);
    const { id } = await plan(actor, review);
    expect(await attention()).toContain(`waiting-plan plans/${id}`);

    await change({ severity: "High" });

    expect(await attention()).not.toContain(`waiting-plan plans/${id}`);
    expect(await attention()).toContain(UNPLANNED()[0]);
  });

  it("is behind when drift is to be met otherwise", async () => {
    await change({ driftMode: "ask" });

    expect(await isPlanBehind(review)).toBe(true);
    expect(await attention()).toContain(UNPLANNED()[0]);
  });

  it("asks for nothing once everything was taken back, nor while it is paused or deleted", async () => {
    await plan(actor, review, true);
    expect([await isPlanBehind(review), await attention()]).toEqual([false, []]);

    const { id: unused } = await connect(actor, access, "defender", { name: "C", app: "TPI_TeamB" });
    await plan(actor, { ...review, id: unused });
    await deleteConnector(actor, { id: unused, teamId: access.id });
    await change({ action: "Warn", enabled: false });

    expect((await attention()).filter((one) => one.includes("connectors/"))).toEqual([]);
  });
});
