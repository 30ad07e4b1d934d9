import "server-only";

import type { PoolClient } from "pg";

import { stepAsSystem } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

type Ended = {
  /** The subscription and its team. */
  id: string;
  teamId: string;
  name: string;
  removed: number;
  sourceFeedId: string;
  doer: Doer;
  /** Why it ended without the subscriber's wish; null: it is the subscriber's wish. */
  reason: string | null;
  now: Date;
};

/** Records the end of a subscription in both teams. To the feed's owner the subscriber is named; nothing of its set is. */
export const recordEnd = async (
  client: PoolClient,
  { id, teamId, name, removed, sourceFeedId, doer, reason, now }: Ended,
): Promise<void> => {
  const why = reason === null ? {} : { reason };
  await recordAuditSql(
    client,
    {
      teamId,
      doer,
      action: "subscription.end",
      subject: { type: "feed", id },
      detail: { name, removed, ...why },
    },
    now,
  );
  await stepAsSystem(client, "sharing", async () => {
    const { rows } = await client.query<{ ownerId: string; feed: string; team: string }>(
      `SELECT f.team_id AS "ownerId", f.name AS feed, team.name AS team FROM feed f, team WHERE f.id = $1 AND team.id = $2`,
      [sourceFeedId, teamId],
    );
    const [found] = rows;
    if (!found) return;
    await recordAuditSql(
      client,
      {
        teamId: found.ownerId,
        doer: reason === null ? { id: null, name: found.team } : doer,
        action: "subscription.end",
        subject: { type: "feed", id: sourceFeedId },
        detail: { name: found.feed, subscriber: found.team, ...why },
      },
      now,
    );
  });
};
