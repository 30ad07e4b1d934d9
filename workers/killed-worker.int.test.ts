import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getPush } from "@/lib/services/delivery/get-push";
import { apply, connect, plan, someValues, vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { expectTruth, readUnderWay } from "@/lib/services/delivery/testing/hardship";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { getRun } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { wipeQueueStore } from "./testing/queue-store";
import { until, workerProcesses } from "./testing/worker-process";

// Two workers as `npm start` starts them, each with one job of a queue at a time. The first is killed in the middle of a download
// and of a push, with a batch on its way; nobody moves a clock, its leases run out by themselves.
const database = useTestDatabase();
const server = useFeedServer();
const workers = workerProcesses();
let sandbox: Sandbox;
const remote = lookAt(() => sandbox.url);

const ROWS = Array.from({ length: 3_000 }, (_, row) =>
  createHash("sha256")
    .update(`killed ${String(row)}`)
    .digest("hex"),
);
const [SHARED, ONLY_A, ONLY_B] = [someValues(1_000), someValues(1_500), someValues(1_000)];

type Side = { team: TestTeam; actor: Actor; defender: ConnectorView; pushId: string };
let a: Side;
let b: Side;
let feed: { id: string; teamId: string };
let runId: string;
let atDeath: Awaited<ReturnType<typeof getPush>>;
let underWay: ReadonlySet<string>;

const makeSide = async (app: "TPI_TeamA" | "TPI_TeamB", values: readonly Vouched[]): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const defender = await connect(actor, team, "defender", { app });
  await vouch(team, values, { name: "Feed" });
  return { team, actor, defender, pushId: "" };
};

const makeFeed = ({ team, actor }: Side) =>
  createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({ team: team.slug, name: "Slow feed", kind: "freetext", url: server.address() }),
  );

const faultsSchema = z.object({ faults: z.array(z.object({ met: z.number() })) });

/** Lets Defender take four imports, as many as are under way at once, and then fall silent. Resolves once one waits for its answer. */
const silenceAfterFourImports = async (): Promise<{ untilMet: () => Promise<unknown> }> => {
  const match = { method: "POST", path: "/defender/api/*import" };
  await remote.control("POST", "faults", { match, skip: 4, times: null, latencyMs: 600_000 });
  const isMet = async (): Promise<true | null> => {
    const { faults } = faultsSchema.parse(await remote.control("GET", "faults"));
    return faults.some(({ met }) => met > 0) || null;
  };
  return { untilMet: () => until("The fifth import", isMet) };
};

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  // The feed's server is another one on this machine.
  process.env["FEED_ALLOWED_CIDRS"] = "127.0.0.0/8";
  process.env["WORKER_CONCURRENCY"] = "1";
  await wipeQueueStore(database.asOwner);
  a = await makeSide("TPI_TeamA", [...SHARED, ...ONLY_A]);
  b = await makeSide("TPI_TeamB", [...SHARED, ...ONLY_B]);
  feed = await makeFeed(a);
  server.serve({ body: ROWS.join("\n"), silentAfterBytes: 100_000 });

  const first = await workers.start();
  const isSilent = server.untilSilent();
  runId = (await runFeedNow(a.actor, feed)).id;
  await isSilent;
  const { untilMet } = await silenceAfterFourImports();
  a.pushId = await apply(a.actor, a.defender);
  await untilMet();
  await workers.start();
  b.pushId = await apply(b.actor, b.defender);
  await until("The other push", async () => (await getPush(b.actor, b.pushId)).state === "running" || null);
  await first.kill();
  atDeath = await getPush(a.actor, a.pushId);
  underWay = await readUnderWay(a.pushId);
  await remote.control("DELETE", "faults");
  server.serve(ROWS.join("\n"));
}, 180_000);
afterAll(async () => {
  await workers.killAll();
  await wipeQueueStore(database.asOwner);
  await sandbox.close();
});

describe("of a worker process that is killed in the middle of its work", () => {
  it("the run is taken over by another, and every indicator is there once", async () => {
    const run = await until("The run", async () => {
      const found = await getRun(a.actor, runId);
      return found.state === "running" ? null : found;
    });

    expect(run).toMatchObject({ state: "succeeded", error: null, counts: { added: 3_000, active: 3_000 } });
    const live = await asTeam(
      a.team.id,
      (tx) => tx.$queryRaw<{ value: string; live: boolean }[]>`
        SELECT i.value, a.until_generation IS NULL AS live FROM attribution a JOIN indicator i ON i.id = a.indicator_id
        WHERE a.feed_id = ${feed.id}::uuid`,
    );
    expect(live.every((row) => row.live)).toBe(true);
    expect(live.map(({ value }) => value).toSorted()).toEqual(ROWS.toSorted());
  }, 120_000);

  it("the push is taken over by another, and both pushes store every indicator exactly once, and send none again that was answered", async () => {
    expect(atDeath).toMatchObject({ state: "running", counts: { accepted: 2_000 } });
    for (const [{ actor, pushId }, accepted] of [
      [a, 2_500],
      [b, 2_000],
    ] as const) {
      const push = await until("A push", async () => {
        const found = await getPush(actor, pushId);
        return found.state === "done" || found.state === "stopped" ? found : null;
      });
      expect(push).toMatchObject({ state: "done", counts: { accepted, failed: 0, skipped: 0 } });
    }

    expect(await remote.defender()).toHaveLength(3_500);
    await expectTruth(remote, a.defender, [...SHARED, ...ONLY_A], { underWay });
    await expectTruth(remote, b.defender, [...SHARED, ...ONLY_B], { underWay });
    // What stands there is what was noted down.
    const { counts } = await plan(b.actor, b.defender);
    expect(counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 2_000 });
  }, 120_000);
});
