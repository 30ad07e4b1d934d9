import { expect, it } from "vitest";

import { bulkAsTeam } from "@/lib/db/scope";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";

import { findGenerationBefore } from "./list-runs";

const server = useFeedServer();
useTestDatabase();

it("finds the list before the live one behind any number of runs that brought nothing new", async () => {
  const desk = await openFeedDesk({ server });
  const feed = await desk.addFeed();
  const first = await desk.run(feed, ["1.2.3.1", "no value"]);
  await bulkAsTeam(desk.team.id, async (client) => {
    await client.query(
      `INSERT INTO feed_run (id, feed_id, team_id, number, state, trigger, finished_at)
       SELECT gen_random_uuid(), $1, $2, $3 + place, 'unchanged', 'schedule', now() FROM generate_series(1, 40) place`,
      [feed.id, desk.team.id, first.number],
    );
    await client.query("UPDATE feed SET last_run_number = $2 WHERE id = $1", [feed.id, first.number + 40]);
  });
  const live = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);

  expect(live.number).toBe(first.number + 41);
  expect(await findGenerationBefore(feed, live.number)).toMatchObject({
    id: first.id,
    rejectedByReason: { [Object.keys(first.rejectedByReason)[0] ?? ""]: 1 },
  });
  expect(await findGenerationBefore(feed, first.number)).toBeNull();
});
