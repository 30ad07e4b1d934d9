import "server-only";

import type { PoolClient } from "pg";

import { withdrawOverdue } from "@/lib/db/queries/removal";
import { bulkAsTeam } from "@/lib/db/scope";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import { toRemovalRule } from "@/lib/domain/feed/removal";

import { commitChanges, lockFeed } from "./commit-stage";
import { factsOf, supersedeHeld } from "./finish-run";
import type { GoodFetch } from "./obtain-body";
import { assertHeld, type ClaimedRun } from "./run-lease";

type Options = {
  workerId: string;
  settings: FeedSettings;
  fetched: GoodFetch | null;
  /** The run that has the same content and that a person has not accepted: it says nothing of what is live. Null: the live one. */
  sameAs: number | null;
};

/**
 * The same content as before: no parse, no row. A good run nevertheless, so values that their feed keeps for some good runs
 * may have been missing long enough: then the run is a generation of its own, with the rows of the live one.
 */
export const finishUnchanged = async (
  run: ClaimedRun,
  options: Options,
): Promise<"unchanged" | "succeeded"> =>
  bulkAsTeam(run.teamId, async (client) => {
    const { workerId, settings, fetched, sameAs } = options;
    const isLive = sameAs === null;
    const rule = toRemovalRule({ ...run.feed, ...settings });
    await lockFeed(client, run);
    if (isLive && rule.removal === "mirror" && rule.graceRuns > 0) {
      const isFullRun = (fetched?.extent ?? "full") === "full";
      const { feedId, number: generation } = run;
      const gone = await withdrawOverdue(client, { feedId, generation, now: new Date(), rule, isFullRun });
      if (gone) {
        await noteAnswer(client, run, fetched);
        await becomeGeneration(client, run, {
          workerId,
          removed: gone.closed,
          facts: factsOf(run, fetched?.notes ?? []),
        });
        return "succeeded";
      }
    }
    await assertHeld(client, run.id, workerId);
    await client.query(
      `UPDATE feed_run run SET state = 'unchanged', finished_at = now(), lease_until = NULL, bytes = $2, http_status = $3,
         extent = $4::run_extent, facts = $5, error = NULL, active = coalesce((
           SELECT live.active FROM feed_run live JOIN feed ON feed.id = live.feed_id
           WHERE live.feed_id = run.feed_id AND live.number = feed.live_generation), 0)
       WHERE id = $1`,
      [
        run.id,
        fetched?.body.bytes ?? null,
        fetched ? fetched.httpStatus : run.feed.kind === "subscription" ? null : 304,
        fetched?.extent ?? "full",
        JSON.stringify({ ...factsOf(run, fetched?.notes ?? []), ...(!isLive && { isLive, sameAs }) }),
      ],
    );
    if (!isLive) return "unchanged";
    await noteAnswer(client, run, fetched);
    // The source gives what is live again: nobody needs to decide about what it gave in between.
    await supersedeHeld(client, run, new Date());
    return "unchanged";
  });

const noteAnswer = async (client: PoolClient, run: ClaimedRun, fetched: GoodFetch | null): Promise<void> => {
  if (!fetched) return;
  await client.query(
    "UPDATE feed SET etag = $2, last_modified = $3 WHERE id = $1 AND reading_version = $4 AND content_hash = $5",
    [run.feedId, fetched.etag, fetched.lastModified, run.feed.readingVersion, fetched.body.sha256],
  );
  // A high-water mark moves on although nothing changed; the content that it stands beside is the live one.
  if (fetched.sourceState === null) return;
  await client.query(
    `UPDATE body SET source_state = $3 FROM feed_run live, feed
     WHERE feed.id = $1 AND live.feed_id = feed.id AND live.number = feed.live_generation
       AND body.id = live.body_id AND body.sha256 = $2`,
    [run.feedId, fetched.body.sha256, JSON.stringify(fetched.sourceState)],
  );
};

// It holds the rows of the generation before, so it shares its body and what is known of it.
const becomeGeneration = (
  client: PoolClient,
  run: ClaimedRun,
  { workerId, removed, facts }: { workerId: string; removed: number; facts: ReturnType<typeof factsOf> },
): Promise<void> => {
  const diff = { added: 0, changed: 0, unchanged: 0, allowlisted: 0, removed, touched: removed, opened: 0 };
  return commitChanges(client, run, {
    workerId,
    diff,
    finish: async ({ now, active, unique }) => {
      await client.query(
        `UPDATE feed_run run SET state = 'succeeded', finished_at = $2, lease_until = NULL, error = NULL, removed = $3,
           active = $4, body_id = live.body_id, bytes = live.bytes, http_status = live.http_status, lines = live.lines,
           "values" = live."values", unchanged = live.added + live.changed + live.unchanged, duplicate = live.duplicate,
           excluded = live.excluded, allowlisted = live.allowlisted, rejected = live.rejected,
           rejected_by_reason = live.rejected_by_reason, excluded_by_reason = live.excluded_by_reason,
           counts_by_type = live.counts_by_type, facts = $5
         FROM feed, feed_run live
         WHERE run.id = $1 AND feed.id = run.feed_id AND live.feed_id = feed.id AND live.number = feed.live_generation`,
        [run.id, now, removed, active, JSON.stringify({ ...facts, unique })],
      );
      await client.query(
        `INSERT INTO run_rejection (run_id, team_id, ordinal, line, raw, code, reason)
         SELECT $1, row.team_id, row.ordinal, row.line, row.raw, row.code, row.reason
         FROM feed
         JOIN feed_run live ON live.feed_id = feed.id AND live.number = feed.live_generation
         JOIN run_rejection row ON row.run_id = live.id AND row.team_id = live.team_id
         WHERE feed.id = $2 AND feed.team_id = $3
         ON CONFLICT DO NOTHING`,
        [run.id, run.feedId, run.teamId],
      );
      await client.query("UPDATE feed SET live_generation = $2 WHERE id = $1", [run.feedId, run.number]);
      await supersedeHeld(client, run, now);
    },
  });
};
