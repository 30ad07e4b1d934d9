import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { sweep } from "./sweep";

const database = useTestDatabase();

let runId: string;
beforeEach(async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const input = { team: team.slug, name: `Feed ${randomUUID()}`, kind: "freetext" };
  const feed = await createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({ ...input, url: "https://feeds.example.com/list.txt" }),
  );
  runId = (await runFeedNow(actor, feed)).id;
});

const change = (set: string) =>
  database.asOwner((client) => client.query(`UPDATE feed_run SET ${set} WHERE id = $1`, [runId]));
const announced = (): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM outbox WHERE data->>'runId' = $1",
      [runId],
    );
    return rows[0]?.count ?? 0;
  });
const sweepByManyWorkers = async () => {
  for (let worker = 0; worker < 3; worker += 1) await sweep(new Date());
};

describe("the sweep of several workers", () => {
  it("announces what waits for long once, and again only after half a minute", async () => {
    const before = await announced();
    await change("queued_at = now() - interval '1 hour'");
    await sweepByManyWorkers();
    expect(await announced()).toBe(before + 1);

    await change("announced_at = now() - interval '31 seconds'");
    await sweepByManyWorkers();
    expect(await announced()).toBe(before + 2);
  });

  it("announces what a dead worker left at once, although it was announced a moment before that one took it", async () => {
    await change(
      "state = 'running', announced_at = now() - interval '5 seconds', lease_until = now() - interval '1 second'",
    );
    const before = await announced();
    await sweepByManyWorkers();
    expect(await announced()).toBe(before + 1);
  });
});
