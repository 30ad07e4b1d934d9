import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getConnector } from "@/lib/services/connectors/get-connector";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { getRecall } from "@/lib/services/recalls/get-recall";
import { getRecallProgress } from "@/lib/services/recalls/get-recall-progress";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { announceUnconfirmed } from "./announce-unconfirmed";
import { confirmConnector } from "./confirm-connector";
import { listReceipts } from "./list-receipts";
import { retryRemovals } from "./retry-removals";
import {
  connect,
  deliverToTheEnd,
  forgetDestinations,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { endUrgentPushes } from "./testing/end-pushes";
import { makeApplication } from "./testing/own-application";
import { lookAt } from "./testing/remote";
import { toldSinceRemoval } from "./testing/told";

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const database = useTestDatabase();
let sandbox: Sandbox;
let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  await sandbox.close();
});
const remote = lookAt(() => sandbox.url);
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    await endUrgentPushes(client);
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const signal = new AbortController().signal;
const turn = (switches: object) => remote.control("PUT", "switches", switches);
/** Microsoft's clock is so much ahead of ours, or behind. */
const putOff = (minutes: number) => remote.control("PUT", "clock", { offsetMs: minutes * 60_000 });
const look = ({ id }: ConnectorView) => confirmConnector(id, { signal });
const receiptsOf = async (connector: ConnectorView) =>
  (await listReceipts(connector, { limit: 50, after: null })).receipts;
const minutesPass = (minutes: number) =>
  database.asOwner((client) =>
    client.query("UPDATE receipt SET removed_at = removed_at - make_interval(mins => $1)", [minutes]),
  );

/** Sends values and takes them back, which the service answers as if it did so. */
const pretendToRemove = async (connector: ConnectorView, count = 2): Promise<Vouched[]> => {
  const values = someValues(count);
  await vouch(team, values, { name: "List" });
  await push(actor, connector);
  await look(connector);
  await unvouch(team, values);
  await push(actor, connector);
  return values;
};

/** Time goes by, the destination is looked at, and what that had removed another way is carried out. Gives the requests of it. */
const tryAgain = async (
  connector: ConnectorView,
  minutes = 6,
  lookThere: (connector: ConnectorView) => Promise<unknown> = look,
): Promise<string[]> => {
  const before = (await remote.writes()).length;
  await minutesPass(minutes);
  await lookThere(connector);
  const open = await asTeam(team.id, (tx) =>
    tx.push.findMany({ where: { connectorId: connector.id, state: "queued" }, select: { id: true } }),
  );
  for (const { id } of open) await deliverToTheEnd(id);
  return (await remote.writes())
    .slice(before)
    .map(({ method, path }) => `${method} ${path.split("/").at(-1) ?? ""}`);
};

describe("a removal that Defender answers and does not carry out", () => {
  it("is not confirmed, and is tried again by deleting each record by its id", async () => {
    const connector = await connect(actor, team, "defender");
    await turn({ defenderDelete: "batch-lies" });
    const values = await pretendToRemove(connector);
    const told = ["it accepted its removal."];

    await look(connector);
    expect(await receiptsOf(connector)).toMatchObject([
      { state: "withdrawing", reason: expect.stringMatching(/^Not confirmed/) as unknown },
      { state: "withdrawing" },
    ]);
    expect(await retryRemovals(connector.id)).toBe(0);
    expect(await toldSinceRemoval(actor, connector, values[0])).toEqual(told);

    expect((await tryAgain(connector)).map((request) => request.split(" ")[0])).toEqual(["DELETE", "DELETE"]);
    expect(await remote.defender()).toEqual([]);
    await look(connector);
    expect((await receiptsOf(connector)).map(({ state }) => state)).toEqual(["gone", "gone"]);
    expect((await toldSinceRemoval(actor, connector, values[0])).slice(1)).toEqual([
      "Sent to it to be removed.",
      ...told,
      "Gone from it: it was looked for, and is not there any more.",
    ]);
  });

  it("is tried again by a comparison as well, long after the last push ended", async () => {
    const connector = await connect(actor, team, "defender");
    await turn({ defenderDelete: "batch-lies" });
    await pretendToRemove(connector);
    await database.asOwner((client) =>
      client.query("UPDATE push SET finished_at = finished_at - interval '2 hours'"),
    );
    expect(await announceUnconfirmed()).toBe(0);

    expect(await tryAgain(connector, 6, ({ id }) => reconcileConnector(id, { signal }))).toHaveLength(2);
    expect(await remote.defender()).toEqual([]);
  });

  it("gives others their turn after a few of the requests that each take", async () => {
    const connector = await connect(actor, team, "defender");
    await turn({ defenderDelete: "batch-lies" });
    await pretendToRemove(connector, 25);
    await look(connector);
    await minutesPass(6);
    await look(connector);
    const { id } = await asTeam(team.id, (tx) =>
      tx.push.findFirstOrThrow({
        where: { connectorId: connector.id, state: "queued" },
        select: { id: true },
      }),
    );
    const sizes: number[] = [];
    const open: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      const { singly } = destination;
      if (!singly) throw new Error("Defender deletes single records.");
      const counting: typeof singly.withdraw = (batch, ...given) => {
        sizes.push(batch.length);
        return singly.withdraw(batch, ...given);
      };
      return { ...destination, singly: { ...singly, withdraw: counting } };
    };

    expect(await deliverToTheEnd(id, open)).toBe("done");

    expect(sizes).toEqual([10, 10, 5]);
    expect(await remote.defender()).toEqual([]);
  });

  it("is let expire when deleting each does nothing either", async () => {
    const connector = await connect(actor, team, "defender");
    await turn({ defenderDelete: "lies" });
    await pretendToRemove(connector);

    expect(await tryAgain(connector)).toHaveLength(2);
    expect(await tryAgain(connector)).toEqual(["POST import"]);

    await remote.control("PUT", "clock", { advanceMs: 16 * 60_000 });
    expect(await remote.defender()).toEqual([]);
    await look(connector);
    expect((await receiptsOf(connector)).map(({ state }) => state)).toEqual(["gone", "gone"]);
  });

  it("is not called gone while it holds by a clock there that is behind ours", async () => {
    const application = await makeApplication(remote, database);
    await putOff(-20);
    const connector = await application.connectTo("defender", { actor, team });
    await turn({ defenderDelete: "lies" });
    await pretendToRemove(connector);
    await tryAgain(connector);
    expect(await tryAgain(connector)).toEqual(["POST import"]);

    await look(connector);

    expect((await receiptsOf(connector)).map(({ state }) => state)).toEqual(["withdrawing", "withdrawing"]);
    expect(await remote.defender()).toHaveLength(2);

    await putOff(-4);
    expect(await remote.defender()).toEqual([]);
    await look(connector);
    expect((await receiptsOf(connector)).map(({ state }) => state)).toEqual(["gone", "gone"]);
  });

  it("ends as not confirmed when nothing helps, and is not tried for ever", async () => {
    const connector = await connect(actor, team, "defender");
    await turn({ defenderDelete: "lies", defenderExpiry: "stays" });
    const values = await pretendToRemove(connector);
    await tryAgain(connector);
    await tryAgain(connector);

    expect(await tryAgain(connector)).toEqual([]);
    expect(await receiptsOf(connector)).toMatchObject([{ state: "withdrawing" }, { state: "withdrawing" }]);
    expect(await tryAgain(connector, 30)).toEqual([]);

    const [receipt] = await receiptsOf(connector);
    expect(receipt).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/^Not confirmed/) as unknown,
    });
    expect(await tryAgain(connector, 30)).toEqual([]);
    expect((await toldSinceRemoval(actor, connector, values[0])).at(-1)).toMatch(
      /^Still shown by it: Not confirmed: the destination accepted/,
    );

    const { attention, connectors } = await getTeamOverview(actor, { ...team, role: "owner" }, new Date());
    expect(connectors).toMatchObject([{ failed: 2, failures: { standing: 2, refused: 0 } }]);
    expect(attention.filter(({ kind }) => kind === "failed-items")).toEqual([
      {
        kind: "failed-items",
        message: `2 indicators could not be removed from ${connector.name} and still stand there. Plan again, or remove them in Microsoft’s portal.`,
        path: `connectors/${connector.id}/receipts?state=failed`,
      },
    ]);
  });

  it("is not called gone by the recall that asked for it", async () => {
    const connector = await connect(actor, team, "defender");
    const values = someValues(1);
    await vouch(team, values, { name: "List" });
    await push(actor, connector);
    await turn({ defenderDelete: "lies", defenderExpiry: "stays" });
    const target = readTarget("value", values[0]?.value ?? "");
    const made = await createRecall(actor, team.id, { target, reason: "Our own.", until: null });
    await carryOutRecall(made.id, { signal });
    for (const minutes of [0, 6, 6, 30]) await tryAgain(connector, minutes);

    const progress = await getRecallProgress(actor, await getRecall(actor, made.id), [team.id]);
    expect(progress).toMatchObject({
      isRemoved: false,
      isGone: false,
      at: [{ sent: 1, gone: 0, failed: 1, reason: expect.stringMatching(/^Not confirmed/) as unknown }],
    });
  });

  it("never takes away what is wanted again meanwhile", async () => {
    const connector = await connect(actor, team, "defender");
    await turn({ defenderDelete: "batch-lies" });
    const values = await pretendToRemove(connector);
    await minutesPass(6);
    await vouch(team, values, { name: "Again" });
    await look(connector);
    expect(await retryRemovals(connector.id)).toBe(0);

    await turn({ defenderDelete: "removes" });
    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 2, failed: 0 });
    expect(await remote.defender()).toHaveLength(2);
    await look(connector);
    expect((await receiptsOf(connector)).map(({ state }) => state)).toEqual(["visible", "visible"]);
  });
});

describe("an end that Sentinel answers and does not store", () => {
  it("is uploaded once more, and revoked as the last resort; what comes back then has another id", async () => {
    const connector = await connect(actor, team, "sentinel");
    await turn({ sentinelEnd: "lies" });
    const values = await pretendToRemove(connector);
    const before = await remote.sentinel();
    expect(before).toHaveLength(2);

    expect(await tryAgain(connector)).toHaveLength(1);
    expect(await remote.sentinel()).toHaveLength(2);
    expect(await tryAgain(connector)).toHaveLength(1);
    expect(await remote.sentinel()).toEqual([]);
    await look(connector);
    expect((await receiptsOf(connector)).map(({ state }) => state)).toEqual(["gone", "gone"]);

    await vouch(team, values, { name: "Again" });
    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 2 });
    const after = await remote.sentinel();
    expect(after).toHaveLength(2);
    const ids = new Set([...before, ...after].map(({ id }) => id));
    expect(ids.size).toBe(4);
  });

  it("ends as not confirmed when a revocation does nothing either", async () => {
    const connector = await connect(actor, team, "sentinel");
    await turn({ sentinelEnd: "lies", sentinelRevoke: "lies" });
    await pretendToRemove(connector);
    for (const minutes of [6, 6, 30]) await tryAgain(connector, minutes);
    expect(await receiptsOf(connector)).toMatchObject([{ state: "failed" }, { state: "failed" }]);
  });
});

describe("how long records take to be seen", () => {
  it("is told by the median and the 95th of a hundred", async () => {
    const connector = await connect(actor, team, "defender");
    await vouch(team, someValues(4), { name: "List" });
    await push(actor, connector);
    expect(await getConnector(actor, connector.id)).toMatchObject({ visibleAfter: null });
    await look(connector);
    await database.asOwner((client) =>
      client.query(
        `UPDATE receipt r SET accepted_at = visible_at - make_interval(secs => 10 * n.place)
         FROM (SELECT indicator_id, row_number() OVER (ORDER BY indicator_id) AS place FROM receipt WHERE connector_id = $1) n
         WHERE r.connector_id = $1 AND r.indicator_id = n.indicator_id`,
        [connector.id],
      ),
    );

    const { visibleAfter } = await getConnector(actor, connector.id);
    expect(visibleAfter).toMatchObject({ count: 4, medianSeconds: 25 });
    expect(visibleAfter?.p95Seconds).toBeCloseTo(38.5);
    expect(
      (await receiptsOf(connector)).map(({ visibleAfterSeconds }) => visibleAfterSeconds).sort(),
    ).toEqual([10, 20, 30, 40]);
  });
});
