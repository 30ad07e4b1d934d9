import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { AppError } from "@/lib/domain/errors";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { deleteConnector } from "@/lib/services/connectors/delete-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { applyPlan } from "@/lib/services/planning/apply-plan";
import { confirmConnector } from "./confirm-connector";
import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { listReceipts } from "./list-receipts";
import { resumePush } from "./resume-push";
import { connect, plan, push, someValues, unvouch, vouch, type Vouched } from "./testing/desk";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);
const refusal = (attempt: Promise<unknown>) => attempt.then(() => "done", codeOf);
const fault = (body: object) => remote.control("POST", "faults", body);
const resume = (id: string) => resumePush({ pushId: id, teamId: team.id, doer: asDoer(actor) });
const two = (): [Vouched, Vouched] => {
  const [one, other] = someValues(2);
  if (!one || !other) throw new Error("There must be two.");
  return [one, other];
};
const withdraw = ({ type, value }: Vouched) =>
  withdrawIndicator(
    actor,
    { ...team, role: "owner" },
    { indicatorId: indicatorId(type, value), reason: "Ours" },
  );
const valuesThere = async () => (await remote.defender()).map(({ indicatorValue }) => indicatorValue);

/** The feed names the values again, just as it did before. */
const vouchAgain = (values: readonly Vouched[]) =>
  database.asOwner(async (client) => {
    const keys = values.map(({ type, value }) => indicatorId(type, value));
    await client.query(
      `UPDATE attribution a SET until_generation = NULL FROM indicator i
       WHERE a.team_id = $1 AND i.id = a.indicator_id AND i.key = ANY ($2::uuid[])`,
      [team.id, keys],
    );
    await client.query(
      `UPDATE team_indicator t SET active = true FROM indicator i
       WHERE t.team_id = $1 AND i.id = t.indicator_id AND i.key = ANY ($2::uuid[])`,
      [team.id, keys],
    );
  });

/** A push that stops in the middle: the first request is carried out without an answer, the next is refused for good. */
const pushUnanswered = async (path: string) => {
  await fault({ match: { path }, processed: true, reset: true });
  await fault({ match: { path }, times: null, answer: "defender-unauthorized" });
  const stopped = await push(actor, defender);
  expect(stopped.state).toBe("stopped");
  await remote.control("DELETE", "faults");
  return stopped;
};

describe("what a stopped push sent without an answer", () => {
  it("counts as standing: it is taken back with the next plan, and the connector cannot be deleted before", async () => {
    const [withdrawn, kept] = two();
    await vouch(team, [withdrawn, kept], { name: "Feed" });
    await pushUnanswered("*/import");
    expect(await valuesThere()).toHaveLength(2);
    await withdraw(withdrawn);

    expect(await refusal(deleteConnector(actor, defender))).toBe("conflict");
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 1, remove: 1, blocked: 0 });
    expect(await push(actor, defender)).toMatchObject({ state: "done", counts: { accepted: 1, removed: 1 } });

    expect(await valuesThere()).toEqual([kept.value]);
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 1 });
  });

  it("is taken back with all else before a connector goes", async () => {
    await vouch(team, someValues(2), { name: "Feed" });
    const stopped = await pushUnanswered("*/import");
    const all = await plan(actor, defender, true);
    expect(all.counts).toMatchObject({ remove: 2 });
    const doer = asDoer(actor);
    const { id } = await applyPlan({ planId: all.id, teamId: team.id, hash: all.hash, doer });

    expect(await deliverPush(id, { signal })).toBe("done");

    expect(await valuesThere()).toEqual([]);
    expect(await getPush(actor, stopped.id)).toMatchObject({ counts: { planned: 2, skipped: 2 } });
    await confirmConnector(defender.id, { signal });
    expect(await refusal(deleteConnector(actor, defender))).toBe("done");
  });

  it("is sent again when the push is resumed, or taken back if it is no longer wanted", async () => {
    const [withdrawn, kept] = two();
    await vouch(team, [withdrawn, kept], { name: "Feed" });
    const { id } = await pushUnanswered("*/import");
    const { receipts } = await listReceipts(defender, { limit: 10, after: null });
    expect(receipts[0]?.reason).toContain("the answer never came");
    await withdraw(withdrawn);

    await resume(id);
    expect(await deliverPush(id, { signal })).toBe("done");

    expect(await valuesThere()).toEqual([kept.value]);
    expect((await plan(actor, defender)).counts).toMatchObject({ remove: 0, keep: 1 });
  });

  it("is settled anew although the wish is what it was before: a removal may have been carried out", async () => {
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    await push(actor, defender);
    await unvouch(team, values);
    await pushUnanswered("*/BatchDelete");
    expect(await valuesThere()).toEqual([]);
    await vouchAgain(values);

    const made = await plan(actor, defender);
    expect(made.counts).toMatchObject({ add: 0, change: 2, remove: 0, keep: 0 });
    const { items } = await listPlanItems({ ...defender, id: made.id }, { limit: 5, after: null });
    expect(items[0]).toMatchObject({ code: "unanswered" });
    await push(actor, defender);

    expect((await valuesThere()).toSorted()).toEqual(values.map(({ value }) => value).toSorted());
  });

  it("is not what was turned away before anything of it was taken: that connector can be deleted", async () => {
    const broken = await connect(actor, team, "defender", { clientSecret: "wrong" });
    await vouch(team, someValues(2), { name: "Feed" });
    expect(await push(actor, broken)).toMatchObject({ state: "stopped" });
    expect(await refusal(deleteConnector(actor, broken))).toBe("done");
  });
});

describe("resuming a push", () => {
  /** A push that stopped before it took two values back. */
  const stopRemoval = async (values: readonly Vouched[]) => {
    await vouch(team, values, { name: "Feed" });
    await push(actor, defender);
    await unvouch(team, values);
    await fault({ match: { path: "*/BatchDelete" }, times: null, answer: "defender-unauthorized" });
    const stopped = await push(actor, defender);
    expect(stopped.state).toBe("stopped");
    await remote.control("DELETE", "faults");
    return stopped.id;
  };

  it("is refused once a newer plan was applied: what that one keeps is not deleted", async () => {
    const values = someValues(2);
    const id = await stopRemoval(values);
    await vouchAgain(values);
    expect(await push(actor, defender)).toMatchObject({ state: "done" });

    expect(await refusal(resume(id))).toBe("conflict");

    expect(await valuesThere()).toHaveLength(2);
    expect(await getPush(actor, id)).toMatchObject({ state: "stopped", counts: { skipped: 2 } });
    const { receipts } = await listReceipts(defender, { limit: 10, after: null });
    expect(receipts.map(({ state }) => state)).toEqual(["accepted", "accepted"]);
  });

  it("is refused when what it still has to send would be judged otherwise now", async () => {
    const values = someValues(2);
    const id = await stopRemoval(values);
    await vouchAgain(values.slice(0, 1));
    await expect(resume(id)).rejects.toThrow("1 item that this push still has to send changed");
  });

  it.each([
    ["the policy changed", { selection: { maxTlp: "green" } }],
    ["the connector was switched off", { enabled: false }],
  ] as const)("is refused when %s", async (_, patch) => {
    const id = await stopRemoval(someValues(2));
    await updateConnector(actor, defender, connectorPatchSchema.parse(patch));
    expect(await refusal(resume(id))).toBe("conflict");
  });

  it("is refused when the connector leads to another destination now", async () => {
    const broken = await connect(actor, team, "defender", { clientSecret: "wrong" });
    await vouch(team, someValues(2), { name: "Feed" });
    const { id } = await push(actor, broken);
    const tenantId = "7e000002-0a1b-4c2d-8e3f-000000000002";
    await updateConnector(actor, broken, { tenantId, clientSecret: "sandbox~secret~of~TPI_TeamA" });
    await expect(resume(id)).rejects.toThrow("policy or destination changed");
  });
});

describe("a push under way", () => {
  it("sends nothing that rose above the connector's ceiling since it was planned", async () => {
    const [red, kept] = two();
    await vouch(team, [red, kept], { name: "Feed" });
    const made = await plan(actor, defender);
    const { id } = await applyPlan({
      ...{ planId: made.id, teamId: team.id, hash: made.hash },
      doer: asDoer(actor),
    });
    await vouch(team, [red], { name: "Stricter feed", tlp: 5 });

    expect(await deliverPush(id, { signal })).toBe("done");

    expect(await valuesThere()).toEqual([kept.value]);
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 1, skipped: 1 } });
  });
});
