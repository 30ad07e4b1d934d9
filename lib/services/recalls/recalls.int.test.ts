import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asSystem, asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { RecallKind } from "@/lib/domain/screening/recall";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { rescreenTeam } from "@/lib/services/allowlists/rescreen-team";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { connect, forgetDestinations, plan, push, vouch } from "@/lib/services/delivery/testing/desk";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";
import { asDoer } from "@/lib/domain/access/actor";

import { announceRecalls } from "./announce-recalls";
import { carryOutRecall } from "./carry-out-recall";
import { checkRecall } from "./check-recall";
import { checkRecallLift } from "./check-recall-lift";
import { createRecall, liftRecall } from "./create-recall";
import { getRecall, listRecalls } from "./get-recall";
import { getRecallProgress } from "./get-recall-progress";

const database = useTestDatabase();
let sandbox: Sandbox;
let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
const signal = new AbortController().signal;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  await sandbox.close();
  delete process.env["SANDBOX_URL"];
});
beforeEach(async () => {
  // What another test's team still has there would stay for it.
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const VALUES = [
  { type: "domain", value: "bad-site.net" },
  { type: "domain", value: "www.bad-site.net" },
  { type: "url", value: "http://www.bad-site.net/x" },
  { type: "domain", value: "other-site.net" },
] as const;

const recall = async (kind: RecallKind, text: string, of: string | null = team.id, by = actor) => {
  const made = await createRecall(by, of, {
    target: readTarget(kind, text),
    reason: "Our own.",
    until: null,
  });
  await carryOutRecall(made.id, { signal });
  return getRecall(by, made.id);
};

/** Carries out every push that waits, and has its destination read back. */
const deliverAll = async (): Promise<void> => {
  for (;;) {
    const open = await asSystem("delivery", (tx) =>
      tx.push.findMany({
        where: { state: { in: ["queued", "running"] }, teamId: team.id },
        select: { id: true },
      }),
    );
    if (open.length === 0) break;
    for (const { id } of open) await deliverPush(id, { signal });
    await sleep(20);
  }
  await confirmConnector(defender.id, { signal });
};

const standing = async (): Promise<string[]> => {
  const rows = await asTeam(
    team.id,
    (tx) => tx.$queryRaw<{ value: string }[]>`
      SELECT i.value FROM claim c JOIN indicator i ON i.id = c.indicator_id WHERE c.team_id = ${team.id}::uuid ORDER BY 1`,
  );
  return rows.map(({ value }) => value);
};

describe("what a recall would take back", () => {
  it("is told before, by values and where they stand, and nothing is changed", async () => {
    await vouch(team, VALUES, { name: "List" });
    await push(actor, defender);

    const reach = await checkRecall(actor, team.id, readTarget("domain", "www.bad-site.net"));

    expect(reach).toMatchObject({ matched: 2, isPartial: false, destinations: [{ count: 2 }] });
    expect(reach.samples.map(({ value }) => value).sort()).toEqual([
      "http://www.bad-site.net/x",
      "www.bad-site.net",
    ]);
    expect(await checkRecall(actor, team.id, readTarget("value", "nobody-has.net"))).toMatchObject({
      matched: 0,
    });
    expect(await listRecalls(actor, [team.id])).toEqual([]);
    const analyst = await makeActor([[team, "analyst"]]);
    expect(() => checkRecall(analyst, team.id, readTarget("value", "bad-site.net"))).toThrow();
  });
});

describe("what lifting a recall brings back", () => {
  it("is told before, with where it stood, and nothing is changed", async () => {
    await vouch(team, VALUES, { name: "List" });
    await push(actor, defender);
    const made = await recall("domain", "bad-site.net");
    await deliverAll();

    const reach = await checkRecallLift(team.id, made.id);

    expect(reach).toEqual({
      returning: 3,
      at: [{ connectorId: defender.id, connector: defender.name, mode: "review", enabled: true, count: 3 }],
    });
    expect((await getRecall(actor, made.id)).isStanding).toBe(true);
    const other = await makeTeam();
    expect(await checkRecallLift(other.id, made.id)).toEqual({ returning: 0, at: [] });
  });
});

describe("a recall", () => {
  it("of a domain withdraws all below it and nothing else, here and at the destination, confirmed", async () => {
    await vouch(team, VALUES, { name: "List" });
    await push(actor, defender);

    const made = await recall("domain", "bad-site[.]net");
    const before = await getRecallProgress(actor, made, [team.id]);
    expect(before).toMatchObject({ matched: 3, isGone: false, at: [{ sent: 3, gone: 0, underWay: 3 }] });
    await deliverAll();

    expect(await standing()).toEqual(["other-site.net"]);
    expect(await getRecallProgress(actor, made, [team.id])).toMatchObject({
      isGone: true,
      at: [{ sent: 3, gone: 3, underWay: 0, failed: 0 }],
    });
    const { states } = await traceIndicator(actor, indicatorId("domain", "www.bad-site.net"));
    expect(states).toMatchObject([
      { state: "recalled", reason: expect.stringContaining("Our own.") as string },
    ]);
  });

  it("is not undone by any plan or screening while it stands, and by the next one once it is lifted", async () => {
    await vouch(team, VALUES, { name: "List" });
    await push(actor, defender);
    const made = await recall("value", "bad-site.net");
    await deliverAll();

    await rescreenTeam(team.id, { signal });
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, remove: 0 });

    await liftRecall(actor, made);
    await expect(liftRecall(actor, made)).rejects.toThrow("does not stand any more");
    await rescreenTeam(team.id, { signal });
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 1, remove: 0 });
    expect((await listRecalls(actor, [team.id]))[0]).toMatchObject({
      isStanding: false,
      liftedBy: actor.name,
    });
  });

  it("goes beside an ordinary push of the connector and before it", async () => {
    await vouch(team, VALUES, { name: "List" });
    await push(actor, defender);
    await vouch(team, [{ type: "domain", value: "third-site.net" }], { name: "Another" });
    const { id, hash } = await plan(actor, defender);
    const ordinary = await applyPlan({ planId: id, teamId: team.id, hash, doer: asDoer(actor) });

    await recall("value", "other-site.net");
    const urgent = await asTeam(team.id, (tx) =>
      tx.push.findFirstOrThrow({ where: { urgent: true, teamId: team.id }, select: { id: true } }),
    );
    // The ordinary one finds that it has to wait, and gives back.
    const attempt = deliverPush(ordinary.id, { signal });
    await sleep(200);
    expect(await standing()).not.toContain("third-site.net");
    await deliverPush(urgent.id, { signal });
    await attempt;
    await deliverAll();

    expect(await standing()).toEqual(
      ["bad-site.net", "http://www.bad-site.net/x", "third-site.net", "www.bad-site.net"].sort(),
    );
  });

  it("stops what was planned and not yet sent", async () => {
    await vouch(team, VALUES, { name: "List" });
    const { id, hash } = await plan(actor, defender);
    const { id: pushId } = await applyPlan({ planId: id, teamId: team.id, hash, doer: asDoer(actor) });

    const made = await recall("domain", "bad-site.net");
    await deliverAll();

    expect(await standing()).toEqual(["other-site.net"]);
    const row = await asTeam(team.id, (tx) => tx.push.findUniqueOrThrow({ where: { id: pushId } }));
    expect(row).toMatchObject({ accepted: 1, skipped: 3 });
    expect(await getRecallProgress(actor, made, [team.id])).toMatchObject({ isGone: true });
  });

  it("is carried out where a connector is paused, too", async () => {
    await vouch(team, VALUES, { name: "List" });
    await push(actor, defender);
    await updateConnector(actor, defender, { enabled: false });

    const made = await recall("value", "bad-site.net");
    expect(await getRecallProgress(actor, made, [team.id])).toMatchObject({
      isGone: false,
      at: [{ isEnabled: false, sent: 1, gone: 0, underWay: 1 }],
    });
    await deliverAll();

    expect(await getRecallProgress(actor, made, [team.id])).toMatchObject({ isGone: true });
    expect(await standing()).not.toContain("bad-site.net");
  });

  it("is found and carried out when its job was lost, and carried out twice does nothing more", async () => {
    await vouch(team, VALUES, { name: "List" });
    await push(actor, defender);
    const made = await createRecall(actor, team.id, {
      target: readTarget("cidr", "45.155.205.0/24"),
      reason: "Ours.",
      until: null,
    });
    await asSystem("delivery", (tx) => tx.outbox.deleteMany({ where: { job: "recall.carry-out" } }));

    await announceRecalls();
    const announced = await asSystem("delivery", (tx) =>
      tx.outbox.findMany({ where: { job: "recall.carry-out" }, select: { data: true } }),
    );
    expect(announced.map(({ data }) => data)).toContainEqual({ recallId: made.id });
    expect(await carryOutRecall(made.id, { signal })).toEqual({ matched: 0, pushes: 0 });
    expect(await carryOutRecall(made.id, { signal })).toEqual({ matched: 0, pushes: 0 });
    expect(await getRecallProgress(actor, await getRecall(actor, made.id), [team.id])).toMatchObject({
      matched: 0,
      isGone: true,
    });
  });

  it("of one team leaves another's values and is not to be seen there; one of every team binds all", async () => {
    const other = await makeTeam();
    const stranger = await makeActor([[other, "owner"]]);
    await vouch(other, VALUES, { name: "Theirs" });
    await vouch(team, VALUES, { name: "Ours" });
    const own = await recall("value", "bad-site.net");
    await expect(getRecall(stranger, own.id)).rejects.toThrow("There is no such recall.");
    const { states } = await traceIndicator(stranger, indicatorId("domain", "bad-site.net"));
    expect(states).toMatchObject([{ state: "active" }]);

    const input = { target: readTarget("value", "bad-site.net"), reason: "All.", until: null };
    await expect(createRecall(actor, null, input)).rejects.toThrow("administrator");
    const administrator = await makeActor([], { isAdministrator: true });
    const all = await createRecall(administrator, null, input);
    await carryOutRecall(all.id, { signal });

    const after = await traceIndicator(stranger, indicatorId("domain", "bad-site.net"));
    expect(after.states).toMatchObject([{ state: "recalled" }]);
    await expect(liftRecall(stranger, await getRecall(stranger, all.id))).rejects.toThrow("administrator");
    await liftRecall(administrator, all);
  });

  it("of every team is lifted after what was just being marked, never in between", async () => {
    await vouch(team, VALUES, { name: "List" });
    const administrator = await makeActor([], { isAdministrator: true });
    const input = { target: readTarget("value", "bad-site.net"), reason: "All.", until: null };
    const all = await createRecall(administrator, null, input);
    const done: string[] = [];
    const waitFor = async (isReached: () => Promise<boolean>): Promise<void> => {
      const end = Date.now() + 20_000;
      while (!(await isReached())) {
        if (Date.now() > end) throw new Error("It was not reached in time.");
        await sleep(50);
      }
    };
    await database.asOwner(async (client) => {
      const waiting = async (): Promise<number> => {
        const { rows } = await client.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_locks
           WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)) OR NOT granted AND EXISTS (
             SELECT FROM unnest(pg_blocking_pids(pid)) b WHERE pg_backend_pid() = ANY (pg_blocking_pids(b)))`,
        );
        return rows[0]?.count ?? 0;
      };
      await client.query("BEGIN");
      await client.query("SELECT FROM team_indicator WHERE team_id = $1 FOR UPDATE", [team.id]);
      const carried = carryOutRecall(all.id, { signal }).then(() => done.push("marked"));
      await waitFor(async () => (await waiting()) === 1);
      const lifted = liftRecall(administrator, all).then(() => done.push("lifted"));
      await waitFor(async () => done.length > 0 || (await waiting()) === 2);
      expect(done).toEqual([]);
      await client.query("ROLLBACK");
      await Promise.all([carried, lifted]);
    });
    await rescreenTeam(team.id, { signal });
    const { states } = await traceIndicator(actor, indicatorId("domain", "bad-site.net"));
    expect(states).toMatchObject([{ state: "active" }]);
  });

  it("refuses what would take back nearly everything, and an end in the past", async () => {
    expect(() => readTarget("domain", "co.uk")).toThrow(/public suffix/i);
    expect(() => readTarget("cidr", "0.0.0.0/0")).toThrow();
    expect(() => readTarget("value", "no value")).toThrow();
    const input = { target: readTarget("value", "bad-site.net"), reason: "Late.", until: new Date(0) };
    await expect(createRecall(actor, team.id, input)).rejects.toThrow("in the past");
  });
});
