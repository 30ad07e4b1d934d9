import { expect, it } from "vitest";

import { bulkAsTeam } from "@/lib/db/scope";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { listFeeds } from "./list-feeds";

useTestDatabase();

it("tells each feed's health by its own newest runs, however many there were", async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const make = (name: string) =>
    createFeed(
      actor,
      team.id,
      feedCreateSchema.parse({
        team: team.slug,
        name,
        kind: "freetext",
        url: "https://feeds.example.com/a.txt",
      }),
    );
  const [failing, sound] = [await make("Failing"), await make("Sound")];
  const addRuns = (feedId: string, count: number, state: "failed" | "succeeded") =>
    bulkAsTeam(team.id, (client) =>
      client.query(
        `INSERT INTO feed_run (id, feed_id, team_id, number, state, trigger, active)
         SELECT gen_random_uuid(), $1, $2, last.number + place, $4::run_state, 'schedule', 7
         FROM generate_series(1, $3) place,
           (SELECT coalesce(max(number), 0) AS number FROM feed_run WHERE feed_id = $1) last`,
        [feedId, team.id, count, state],
      ),
    );
  await addRuns(failing.id, 300, "succeeded");
  await addRuns(failing.id, 3, "failed");
  await addRuns(sound.id, 300, "failed");
  await addRuns(sound.id, 1, "succeeded");

  const { feeds } = await listFeeds(actor, { teamIds: [team.id], limit: 10, after: null });

  const healthOf = ({ id }: { id: string }) => feeds.find((feed) => feed.id === id);
  expect(healthOf(failing)).toMatchObject({ failureStreak: 3, active: 7, lastRun: { number: 303 } });
  expect(healthOf(sound)).toMatchObject({ failureStreak: 0, active: 7, lastRun: { number: 301 } });
});
