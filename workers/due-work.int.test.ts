import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { countWaiting } from "@/lib/jobs/enqueue";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { getRun, listRuns } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { wipeQueueStore } from "./testing/queue-store";
import { until, workerProcesses } from "./testing/worker-process";

// A worker as `npm start` starts it, on this suite's store of the queue: PostgreSQL, or Redis with REDIS_URL.
const database = useTestDatabase();
const server = useFeedServer();
const workers = workerProcesses();

let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  await wipeQueueStore(database.asOwner);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});
afterEach(() => workers.killAll());
afterAll(() => wipeQueueStore(database.asOwner));

let feed: { id: string; teamId: string };
beforeEach(async () => {
  server.serve("45.155.205.7\n45.155.205.8\n");
  const input = {
    team: team.slug,
    name: `Feed ${String(Date.now())}`,
    kind: "freetext",
    url: server.address(),
  };
  feed = await createFeed(actor, team.id, feedCreateSchema.parse({ ...input, everyMinutes: 60 }));
});

/** As though so much time had passed since what the statement sets. */
const setBack = (sql: string, id: string) => database.asOwner((client) => client.query(sql, [id]));

describe("a worker process", () => {
  it("runs a feed whose time has come, and stops in order when told to", async () => {
    await setBack("UPDATE feed SET next_run_at = now() - interval '1 second' WHERE id = $1", feed.id);
    const worker = await workers.start();

    const run = await until("The run", async () => {
      const { runs } = await listRuns(feed, { limit: 1, before: null });
      return runs.find(({ state }) => state !== "queued" && state !== "running") ?? null;
    });

    expect(run).toMatchObject({ state: "succeeded", trigger: "schedule", counts: { added: 2, active: 2 } });
    expect(await worker.stop()).toBe(0);
    expect(worker.lines.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
  });

  it("finds a run that waits although the queue lost everything", async () => {
    const { id } = await runFeedNow(actor, feed);
    expect(await countWaiting("ingest")).toBe(1);
    await wipeQueueStore(database.asOwner);
    expect(await countWaiting("ingest")).toBe(0);
    await setBack("UPDATE feed_run SET queued_at = queued_at - interval '1 hour' WHERE id = $1", id);

    await workers.start();

    const run = await until("The run", async () => {
      const found = await getRun(actor, id);
      return found.state === "queued" || found.state === "running" ? null : found;
    });
    expect(run).toMatchObject({ state: "succeeded", counts: { active: 2 } });
  });
});
