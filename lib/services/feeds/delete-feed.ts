import "server-only";

import { randomUUID } from "node:crypto";

import { createTouched, lockTeam, refreshTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announcePlansSql } from "@/lib/services/delivery/announce-plans";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/**
 * Takes a feed out: it fetches no more and vouches for nothing from now on; what no other feed of the team vouches
 * for leaves with the next plan. Its runs stay readable. Returns how many values it let go of.
 */
export const deleteFeed = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
): Promise<{ removed: number }> => {
  const removed = await bulkAsTeam(teamId, async (client) => {
    await lockTeam(client, teamId);
    const now = new Date();
    const { rows } = await client.query<{ kind: string; name: string; number: number }>(
      `UPDATE feed SET deleted_at = $3, next_run_at = NULL, enabled = false, last_run_number = last_run_number + 1
       WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL RETURNING kind::text, name, last_run_number AS number`,
      [id, teamId, now],
    );
    const [feed] = rows;
    if (!feed) throw new AppError("not_found", "There is no such feed.");
    if (feed.kind === "local") {
      throw new AppError("invalid_input", "A team's own list stays; withdraw its indicators instead.");
    }
    await createTouched(client);
    const closed = await client.query(
      `WITH closed AS (
         UPDATE attribution SET until_generation = $2 WHERE feed_id = $1 AND until_generation IS NULL RETURNING indicator_id
       ) INSERT INTO touched (id) SELECT indicator_id FROM closed`,
      [id, feed.number],
    );
    const count = closed.rowCount ?? 0;
    await client.query(
      `UPDATE feed_run SET state = 'discarded', finished_at = $2 WHERE feed_id = $1 AND state IN ('queued', 'running', 'held')`,
      [id, now],
    );
    await client.query(
      `INSERT INTO feed_run (id, feed_id, team_id, number, state, extent, trigger, requested_by, queued_at, started_at, finished_at, removed)
       VALUES ($1, $2, $3, $4, 'succeeded', 'delta', 'deleted', $5, $6, $6, $6, $7)`,
      [randomUUID(), id, teamId, feed.number, actor.userId, now, count],
    );
    if (count > 0) {
      await refreshTeam(client, teamId, now);
      await announcePlansSql(client, teamId);
    }
    const subject = { type: "feed", id };
    const detail = { name: feed.name, removed: count };
    await recordAuditSql(
      client,
      { teamId, doer: asDoer(actor), action: "feed.delete", subject, detail },
      now,
    );
    return count;
  });
  await relayOutbox();
  return { removed };
};
