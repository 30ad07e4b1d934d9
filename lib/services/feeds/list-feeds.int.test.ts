import { expect, it } from "vitest";

import { bulkAsTeam } from "@/lib/db/scope";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { countSickFeeds } from "@/lib/services/operations/count-sick-feeds";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { createFeed } from "./create-feed";
import { getFeedHealth } from "./feed-health";
import { listFeeds } from "./list-feeds";
import { runFeedNow } from "./queue-run";
import { updateFeed } from "./update-feed";

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
  const [failing, sound, held] = [await make("Failing"), await make("Sound"), await make("Held")];
  const addRuns = (feedId: string, count: number, state: "failed" | "succeeded" | "held" | "unchanged") =>
    bulkAsTeam(team.id, (client) =>
      client.query(
        `INSERT INTO feed_run (id, feed_id, team_id, number, state, trigger, active, finished_at, facts)
         SELECT gen_random_uuid(), $1, $2, last.number + place, $4::run_state, 'schedule',
           CASE WHEN $4 = 'succeeded' THEN 7 ELSE 0 END, now() - interval '30 days' + place * interval '1 second',
           CASE WHEN $4 = 'unchanged' THEN '{"isLive": false}'::jsonb ELSE '{}' END
         FROM generate_series(1, $3) place,
           (SELECT coalesce(max(number), 0) AS number FROM feed_run WHERE feed_id = $1) last`,
        [feedId, team.id, count, state],
      ),
    );
  await addRuns(failing.id, 1, "succeeded");
  await addRuns(failing.id, 300, "failed");
  await addRuns(sound.id, 300, "failed");
  await addRuns(sound.id, 1, "succeeded");
  await addRuns(held.id, 1, "succeeded");
  await addRuns(held.id, 1, "held");
  // What is held comes again and again.
  await addRuns(held.id, 60, "unchanged");

  const { feeds } = await listFeeds(actor, { teamIds: [team.id], limit: 10, after: null });

  const healthOf = ({ id }: { id: string }) => feeds.find((feed) => feed.id === id);
  const old = { isStale: true, active: 7 };
  expect(healthOf(failing)).toMatchObject({ ...old, failureStreak: 300, lastRun: { number: 301 } });
  expect(healthOf(sound)).toMatchObject({ failureStreak: 0, active: 7, lastRun: { number: 301 } });
  expect(healthOf(held)).toMatchObject({ ...old, failureStreak: 0, lastRun: { number: 62 } });
  expect(healthOf(held)?.heldRunId).not.toBeNull();
  const alone = await getFeedHealth(held, new Date());
  expect(alone).toMatchObject({ ...old, held: { number: 2, state: "held" } });
  // All three had their last good run weeks ago.
  expect(await countSickFeeds(new Date())).toEqual({
    ...{ held: 1, failing: 1, refused: 0 },
    ...{ stale: 3, overdue: 0, barren: 0 },
  });
});

it("has a feed with a cron line due again after each run, whoever asked for it", async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const feed = await createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      ...{ team: team.slug, name: "Nightly", kind: "freetext", url: "https://feeds.example.com/a.txt" },
      ...{ everyMinutes: null, cron: "15 3 * * *", timeZone: "Europe/Vienna" },
    }),
  );
  await runFeedNow(actor, feed);

  const { feeds } = await listFeeds(actor, { teamIds: [team.id], limit: 10, after: null });

  const next = feeds[0]?.nextRunAt ?? null;
  expect(next?.getTime()).toBeGreaterThan(Date.now());
  expect(next?.toLocaleTimeString("en-GB", { timeZone: "Europe/Vienna", timeStyle: "short" })).toBe("03:15");
});

it("counts no pause as a failure, but a feed that nobody fetches, also when it never ran", async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
  // Feeds of other teams are counted too.
  const others = { soon: await countSickFeeds(inMinutes(100)), later: await countSickFeeds(inMinutes(130)) };
  const make = (name: string) =>
    createFeed(
      actor,
      team.id,
      feedCreateSchema.parse({
        ...{ team: team.slug, name, kind: "freetext", url: "https://feeds.example.com/a.txt" },
        everyMinutes: 60,
      }),
    );
  const [paused, waiting] = [await make("Paused"), await make("Never ran")];
  await bulkAsTeam(team.id, (client) =>
    client.query(
      `INSERT INTO feed_run (id, feed_id, team_id, number, state, trigger, finished_at)
       VALUES (gen_random_uuid(), $1, $2, 1, 'failed', 'schedule', now())`,
      [paused.id, team.id],
    ),
  );
  const failing = await countSickFeeds(inMinutes(100));
  await updateFeed(actor, paused, { enabled: false });

  const access = { ...team, role: "owner" } as const;
  const sicknessAt = async (now: Date) => {
    const { attention } = await getTeamOverview(actor, access, now);
    return { counts: await countSickFeeds(now), attention };
  };
  const soon = await sicknessAt(inMinutes(100));
  const later = await sicknessAt(inMinutes(130));

  expect(failing.failing).toBe(others.soon.failing + 1);
  expect(soon.counts).toEqual(others.soon);
  expect(later.counts).toEqual({ ...others.later, overdue: others.later.overdue + 1 });
  expect(soon.attention).toEqual([]);
  expect(later.attention).toMatchObject([{ kind: "overdue-feed", path: `feeds/${waiting.id}` }]);
  expect(later.attention[0]?.message).toContain("Is the worker running?");
});
