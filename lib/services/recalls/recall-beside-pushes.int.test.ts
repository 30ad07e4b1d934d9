import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asSystem, asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { AppError } from "@/lib/domain/errors";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { recordAudit } from "@/lib/services/audit/record-audit";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { announceMissedPlans } from "@/lib/services/planning/announce-due-plans";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { getPush } from "@/lib/services/delivery/get-push";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import {
  apply,
  connect,
  deliverMeanwhile,
  forgetDestinations,
  plan,
  push,
  unvouch,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { endUrgentPushes } from "@/lib/services/delivery/testing/end-pushes";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { announceRecalls } from "./announce-recalls";
import { carryOutRecall } from "./carry-out-recall";
import { createRecall } from "./create-recall";
import { getRecall } from "./get-recall";
import { getRecallProgress } from "./get-recall-progress";

const database = useTestDatabase();
let sandbox: Sandbox;
let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
const signal = new AbortController().signal;
const remote = lookAt(() => sandbox.url);
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  await sandbox.close();
  delete process.env["SANDBOX_URL"];
});
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    // What another test left urgent would keep all others away.
    await endUrgentPushes(client);
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const BAD = { type: "domain", value: "bad-site.net" } as const;
const OTHER = { type: "domain", value: "other-site.net" } as const;

const recallBad = (by = actor, of: string | null = team.id) =>
  createRecall(by, of, { target: readTarget("value", BAD.value), reason: "Our own.", until: null });
const carryOut = (id: string) => carryOutRecall(id, { signal });
const progressOf = async (id: string) => getRecallProgress(actor, await getRecall(actor, id), [team.id]);
const valuesThere = async () => (await remote.defender()).map(({ indicatorValue }) => indicatorValue);
const stateOf = async (connector: ConnectorView, value: string) =>
  (await listReceipts(connector, { limit: 50, after: null })).receipts.find((one) => one.value === value)
    ?.state;

const urgentPushes = (of = team) =>
  asTeam(of.id, (tx) =>
    tx.push.findMany({
      where: { urgent: true, teamId: of.id },
      orderBy: { queuedAt: "asc" },
      select: { id: true, planned: true, connectorId: true },
    }),
  );
const deliverUrgent = async (of = team): Promise<void> => {
  const pushes = await urgentPushes(of);
  expect(pushes).not.toEqual([]);
  for (const { id } of pushes) expect(await deliverPush(id, { signal })).not.toBe("stopped");
};
const announced = async (job: string) => {
  const rows = await asSystem("delivery", (tx) =>
    tx.outbox.findMany({ where: { job }, select: { data: true } }),
  );
  return rows.map(({ data }) => data);
};
const forgetJobs = () => asSystem("delivery", (tx) => tx.outbox.deleteMany({}));

describe("a recall that comes while an ordinary push is sending what it means", () => {
  it("removes it right after that batch", async () => {
    await vouch(team, [BAD, OTHER], { name: "List" });
    let id = "";
    await deliverMeanwhile(await apply(actor, defender), async () => {
      ({ id } = await recallBad());
      expect(await carryOut(id)).toEqual({ matched: 1, pushes: 1 });
      expect(await progressOf(id)).toMatchObject({ isGone: false, at: [{ underWay: 1 }] });
    });
    expect(await valuesThere()).toContain(BAD.value);

    await deliverUrgent();
    await confirmConnector(defender.id, { signal });

    expect(await valuesThere()).toEqual([OTHER.value]);
    expect(await progressOf(id)).toMatchObject({ isGone: true, at: [{ sent: 1, gone: 1 }] });
  });

  it("is carried out once more as soon as the answer says that it stands", async () => {
    await vouch(team, [BAD, OTHER], { name: "List" });
    let id = "";
    await deliverMeanwhile(await apply(actor, defender), async () => {
      ({ id } = await recallBad());
      // As if it had been carried out before the batch was taken.
      await forgetJobs();
    });

    expect(await announced("recall.carry-out")).toEqual([{ recallId: id }]);
    expect(await carryOut(id)).toEqual({ matched: 1, pushes: 1 });
  });

  it("has it taken back, not put there once more, when the answer was lost", async () => {
    await vouch(team, [BAD, OTHER], { name: "List" });
    const pushId = await apply(actor, defender);
    await deliverMeanwhile(pushId, async () => {
      await recallBad();
      throw new AppError("upstream_unavailable", "The connection broke.", { retry: "later" });
    });

    expect(await valuesThere()).toEqual([OTHER.value]);
    expect(await getPush(actor, pushId)).toMatchObject({
      state: "done",
      counts: { planned: 2, accepted: 1, removed: 1 },
    });
    expect(await stateOf(defender, BAD.value)).toBe("withdrawing");
  });

  it("is gone only when that was seen, whatever an ordinary push skips of it afterwards", async () => {
    await vouch(team, [BAD], { name: "List" });
    await push(actor, defender);
    const changed = await updateConnector(actor, defender, connectorPatchSchema.parse({ severity: "High" }));
    const ordinary = await apply(actor, changed);
    const { id } = await recallBad();
    await carryOut(id);
    await deliverUrgent();
    expect(await stateOf(defender, BAD.value)).toBe("withdrawing");

    await deliverPush(ordinary, { signal });

    expect(await getPush(actor, ordinary)).toMatchObject({ counts: { skipped: 1 } });
    expect(await stateOf(defender, BAD.value)).toBe("withdrawing");
    expect(await progressOf(id)).toMatchObject({ isGone: false });
    await confirmConnector(defender.id, { signal });
    expect(await progressOf(id)).toMatchObject({ isGone: true });
  });

  it("does not hide from an automatic connector what it has still to plan", async () => {
    await vouch(team, [BAD], { name: "List" });
    await push(actor, defender);
    await updateConnector(actor, defender, connectorPatchSchema.parse({ mode: "automatic" }));
    await vouch(team, [OTHER], { name: "Another" });
    await plan(actor, defender);
    const { id } = await recallBad();
    await carryOut(id);
    await deliverUrgent();
    await forgetJobs();

    await announceMissedPlans();
    expect(await announced("connector.plan")).toContainEqual({ connectorId: defender.id });
  });
});

describe("how far a recall is", () => {
  it("says who stopped a removal, and leaves it stopped", async () => {
    await vouch(team, [BAD], { name: "List" });
    await push(actor, defender);
    const { id } = await recallBad();
    await carryOut(id);
    const [{ id: pushId } = { id: "" }] = await urgentPushes();
    await asTeam(team.id, async (tx) => {
      await tx.push.update({ where: { id: pushId }, data: { state: "stopped" }, select: { id: true } });
      const subject = { type: "push", id: pushId };
      await recordAudit(tx, { teamId: team.id, doer: asDoer(actor), action: "push.stop", subject });
    });
    await forgetJobs();

    expect(await progressOf(id)).toMatchObject({
      isRemoved: false,
      at: [{ underWay: 0, stopped: 1, stop: { pushId, by: asDoer(actor).name } }],
    });
    await announceRecalls();
    expect(await announced("recall.carry-out")).not.toContainEqual({ recallId: id });
  });

  it("never says confirmed of what cannot be read back", async () => {
    const sentinel = await connect(actor, team, "sentinel", { isReadable: false });
    await vouch(team, [BAD], { name: "List" });
    await push(actor, sentinel);
    const { id } = await recallBad();
    await carryOut(id);
    await deliverUrgent();
    await confirmConnector(sentinel.id, { signal });

    expect(await progressOf(id)).toMatchObject({
      isRemoved: true,
      isGone: false,
      at: [{ connectorId: sentinel.id, isReadable: false, sent: 1, gone: 0, accepted: 1, underWay: 0 }],
    });
  });
});

describe("a recall of one team, where another wants the same", () => {
  it("says that it ended for the team and stays for the other, and is gone once that ends it, too", async () => {
    const second = await makeTeam();
    const secondActor = await makeActor([[second, "owner"]]);
    const theirs = await connect(secondActor, second, "defender", { app: "TPI_TeamB" });
    await vouch(team, [BAD, OTHER], { name: "List" });
    await vouch(second, [BAD], { name: "List" });
    await push(actor, defender);
    await push(secondActor, theirs);

    const { id } = await recallBad();
    await carryOut(id);
    await deliverUrgent();
    await confirmConnector(defender.id, { signal });

    expect((await valuesThere()).sort()).toEqual([BAD.value, OTHER.value].sort());
    const progress = await progressOf(id);
    expect(progress).toMatchObject({ isRemoved: true, isGone: false, at: [{ sent: 1, gone: 0, left: 1 }] });
    expect(JSON.stringify(progress)).not.toContain(second.id);
    // Whoever is no member is told nothing of it.
    const made = await getRecall(actor, id);
    expect(await getRecallProgress(secondActor, made, [team.id])).toMatchObject({ matched: 0, at: [] });

    await unvouch(second, [BAD]);
    await push(secondActor, theirs);
    expect(await progressOf(id)).toMatchObject({ isGone: true, at: [{ sent: 1, gone: 1, left: 0 }] });
  });

  it("does not count what was planned only and never sent", async () => {
    await vouch(team, [BAD, OTHER], { name: "List" });
    const pushId = await apply(actor, defender);
    const { id } = await recallBad();
    await carryOut(id);
    await deliverPush(pushId, { signal });
    expect(await progressOf(id)).toMatchObject({ matched: 1, isGone: true, at: [] });
  });
});

describe("a recall of every team", () => {
  it("ends a record that teams share at once, handing it over to none of them, and is seen to be gone by its maker", async () => {
    const second = await makeTeam();
    const secondActor = await makeActor([[second, "owner"]]);
    const theirs = await connect(secondActor, second, "defender", { app: "TPI_TeamB" });
    await vouch(team, [BAD], { name: "List" });
    await vouch(second, [BAD], { name: "List" });
    await push(actor, defender);
    await push(secondActor, theirs);
    const before = (await remote.writes()).length;

    const administrator = await makeActor([], { isAdministrator: true });
    const { id } = await recallBad(administrator, null);
    expect(await carryOut(id)).toMatchObject({ pushes: 2 });
    // The one that did not make the record: it has it ended all the same.
    await deliverUrgent(second);

    expect(await valuesThere()).toEqual([]);
    expect((await remote.writes()).slice(before).map(({ method }) => method)).toEqual(["DELETE"]);
    expect(await stateOf(theirs, BAD.value)).toBe("withdrawing");

    await deliverUrgent();
    expect(await stateOf(defender, BAD.value)).toBe("withdrawing");
    for (const connector of [theirs, defender]) await confirmConnector(connector.id, { signal });
    expect([await stateOf(theirs, BAD.value), await stateOf(defender, BAD.value)]).toEqual(["gone", "gone"]);
    expect(await remote.writes()).toHaveLength(before + 1);
  });
});
