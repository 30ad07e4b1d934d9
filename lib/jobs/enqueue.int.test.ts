import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";

import { openConsumer } from "./backend";
import { connectorPlan } from "./connector-plan.job";
import { countWaiting, enqueue } from "./enqueue";
import { feedIngest } from "./feed-ingest.job";
import { QUEUES } from "./queues";

useTestDatabase();

it.each(QUEUES)("the queue %s takes jobs from the application's role", async (queue) => {
  const before = await countWaiting(queue);

  await enqueue({ ...feedIngest, queue }, { runId: randomUUID() });

  expect(await countWaiting(queue)).toBe(before + 1);
});

it("takes two announcements of one piece of work as one job", async () => {
  const runId = randomUUID();
  const before = await countWaiting("ingest");

  await enqueue(feedIngest, { runId });
  await enqueue(feedIngest, { runId });

  expect(await countWaiting("ingest")).toBe(before + 1);
});

it("does a piece of work once more, and only once, when it is announced again while it is being done", async () => {
  const data = { connectorId: randomUUID() };
  let letGo = (): void => undefined;
  const mayEnd = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let runs = 0;
  const consumer = openConsumer(connectorPlan.queue, 1, async (job) => {
    // The queue may hold what other tests announced.
    if (job.name !== connectorPlan.name || !isDeepStrictEqual(job.data, data)) return;
    runs += 1;
    if (runs === 1) await mayEnd;
  });
  await enqueue(connectorPlan, data);
  await expect.poll(() => runs, { timeout: 10_000 }).toBe(1);

  await enqueue(connectorPlan, data);
  await enqueue(connectorPlan, data);
  letGo();

  await expect.poll(() => runs, { timeout: 10_000 }).toBe(2);
  await expect.poll(() => countWaiting(connectorPlan.queue), { timeout: 10_000 }).toBe(0);
  await consumer.close();
  expect(runs).toBe(2);
});

it("refuses data that is not the job's", async () => {
  await expect(enqueue(feedIngest, { runId: "not an id" })).rejects.toThrow();
});
