import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { countWaiting } from "@/lib/jobs/enqueue";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { getPush } from "@/lib/services/delivery/get-push";
import { apply, connect, someValues, vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { letTimePass } from "@/lib/services/delivery/testing/hardship";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { announceMissedPlans } from "@/lib/services/planning/announce-due-plans";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { wipeQueueStore } from "./testing/queue-store";
import { until, workerProcesses } from "./testing/worker-process";

// The store of the queue, PostgreSQL's or Redis's, loses all that waits in it before any worker runs. Then one starts, as `npm start`
// starts it.
const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const workers = workerProcesses();
const { signal } = new AbortController();

type Side = { team: TestTeam; actor: Actor; values: readonly Vouched[] };
const makeSide = async (): Promise<Side> => {
  const team = await makeTeam();
  const values = someValues(3);
  await vouch(team, values, { name: "Feed" });
  return { team, actor: await makeActor([[team, "owner"]]), values };
};

let [queued, waiting, planned]: { side: Side; pushId: string }[] = [];
let connectorId: string;
/** What the queues held before they lost it, and then. */
const held = { before: [0, 0], after: [0, 0] };
const countJobs = () => Promise.all([countWaiting("deliver"), countWaiting("plan")]);

/** A push to Defender that no worker has begun. */
const queuePush = async (side: Side) => {
  const { actor, team } = side;
  return { side, pushId: await apply(actor, await connect(actor, team, "defender")) };
};
/** One to Sentinel that was told to come back in a minute. */
const haveWait = async (side: Side) => {
  const { actor, team } = side;
  const pushId = await apply(actor, await connect(actor, team, "sentinel"));
  const headers = { "retry-after": "60" };
  await remote.control("POST", "faults", { match: { path: "*:upload" }, status: 429, headers, body: {} });
  expect(await deliverPush(pushId, { signal })).toBe("waiting");
  return { side, pushId };
};
/** A connector to Defender that plans by itself, and something new to plan. */
const havePlanDue = async ({ team, actor, values }: Side): Promise<string> => {
  const { id } = await connect(actor, team, "defender", { app: "TPI_TeamB", mode: "automatic" });
  await vouch(team, values, { name: "Another feed" });
  await relayOutbox();
  return id;
};

beforeAll(async () => {
  await wipeQueueStore(database.asOwner);
  queued = await queuePush(await makeSide());
  waiting = await haveWait(await makeSide());
  const side = await makeSide();
  connectorId = await havePlanDue(side);
  held.before = await countJobs();
  await wipeQueueStore(database.asOwner);
  held.after = await countJobs();
  await letTimePass();
  await database.asOwner((client) =>
    client.query("UPDATE push SET queued_at = queued_at - interval '1 minute'"),
  );
  // As every worker does once a minute.
  await announceMissedPlans();
  await workers.start();
  planned = { side, pushId: await until("The plan", findPlannedPush) };
}, 120_000);
afterAll(async () => {
  await workers.killAll();
  await wipeQueueStore(database.asOwner);
});

const findPlannedPush = (): Promise<string | null> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ id: string }>("SELECT id FROM push WHERE connector_id = $1", [
      connectorId,
    ]);
    return rows[0]?.id ?? null;
  });

const standing = async (): Promise<string[]> => [
  ...(await remote.defender()).map(({ indicatorValue }) => indicatorValue),
  ...(await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1] ?? pattern),
];

describe("when the queue lost everything", () => {
  it("something of it was there", () => {
    expect(Math.min(...held.before)).toBeGreaterThan(0);
    expect(held.after).toEqual([0, 0]);
  });

  it.each([
    ["a push that waited for its turn is sent", () => queued],
    ["a push that waited for Microsoft goes on when its time has come", () => waiting],
    ["a plan that was due is made, applied and sent", () => planned],
  ])("%s", async (_what, given) => {
    const one = given();
    if (!one) throw new Error("There must be one.");
    const { side, pushId } = one;

    const push = await until("The push", async () => {
      const found = await getPush(side.actor, pushId);
      return found.state === "queued" || found.state === "running" ? null : found;
    });

    expect(push).toMatchObject({ state: "done", counts: { accepted: 3, failed: 0 } });
    const wanted = side.values.map(({ value }) => value);
    expect((await standing()).filter((value) => wanted.includes(value)).toSorted()).toEqual(wanted);
  });
});
