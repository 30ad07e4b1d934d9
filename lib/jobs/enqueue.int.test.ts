import { randomUUID } from "node:crypto";

import { expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";

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

it("refuses data that is not the job's", async () => {
  await expect(enqueue(feedIngest, { runId: "not an id" })).rejects.toThrow();
});
