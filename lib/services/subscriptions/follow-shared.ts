import "server-only";

import type { Tx } from "@/lib/db/client";
import { asSystem, bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { closeFeed } from "@/lib/services/feeds/close-feed";
import { queueRun } from "@/lib/services/feeds/queue-run";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { noteStoreOnly } from "./note-store-only";
import { recordEnd } from "./record-end";

type Subscription = {
  id: string;
  teamId: string;
  sourceFeedId: string;
  isShared: boolean;
  /** It has not taken what is live now. */
  isBehind: boolean;
};
type Followed = { queued: number; ended: number };

/**
 * Brings the subscriptions of a feed along: a run for each that has not taken what is live now; whether the feed is stored
 * only reaches them all, paused ones too, since what they took stands; those of a feed that is shared no more, or was taken
 * out, end. May run twice or late.
 */
export const followShared = async (sourceFeedId: string, now: Date): Promise<Followed> => {
  const subscriptions = await asSystem(
    "sharing",
    (tx) => tx.$queryRaw<Subscription[]>`
      SELECT s.id, s.team_id AS "teamId", f.id AS "sourceFeedId",
        f.deleted_at IS NULL AND f.visibility = 'everyone' AS "isShared",
        s.enabled AND s.etag IS DISTINCT FROM f.live_generation::text AS "isBehind"
      FROM feed s JOIN feed f ON f.id = s.source_feed_id
      WHERE f.id = ${sourceFeedId}::uuid AND s.deleted_at IS NULL
        AND (f.deleted_at IS NOT NULL OR f.visibility <> 'everyone'
          OR (s.enabled AND s.etag IS DISTINCT FROM f.live_generation::text)
          OR s.source_store_only <> f.store_only)`,
  );
  const followed = { queued: 0, ended: 0 };
  for (const subscription of subscriptions) {
    if (subscription.isShared) {
      await bringStoreOnly(subscription);
      if (!subscription.isBehind) continue;
      await asSystem("sharing", (tx) => queueSubscription(tx, subscription, now));
      followed.queued += 1;
    } else if (await endSubscription(subscription, now)) followed.ended += 1;
  }
  if (subscriptions.length > 0) await relayOutbox();
  return followed;
};

/** What no announcement brought along: subscriptions behind their feed for a while, or of one that is shared no more. */
export const sweepSubscriptions = async (now: Date): Promise<void> => {
  const sources = await asSystem(
    "sharing",
    (tx) => tx.$queryRaw<{ id: string }[]>`
      SELECT DISTINCT f.id FROM feed s JOIN feed f ON f.id = s.source_feed_id
      WHERE s.deleted_at IS NULL AND (f.deleted_at IS NOT NULL OR f.visibility <> 'everyone'
        OR s.source_store_only <> f.store_only
        OR (s.enabled AND s.etag IS DISTINCT FROM f.live_generation::text AND NOT EXISTS (
          SELECT FROM feed_run r
          WHERE r.feed_id = s.id AND (r.state IN ('queued', 'running') OR r.queued_at > now() - make_interval(secs => ${PATIENCE_SECONDS})))))
      LIMIT ${SOURCES}`,
  );
  for (const { id } of sources) await followShared(id, now);
};

/** A run that failed is not tried again at once. */
const PATIENCE_SECONDS = 60;
const SOURCES = 100;

const bringStoreOnly = ({ id, teamId }: Subscription): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    if (await noteStoreOnly(client, { id, teamId })) await announcePlansSql(client, teamId);
  });

const queueSubscription = (tx: Tx, { id, teamId }: Subscription, now: Date) =>
  queueRun(tx, { feedId: id, teamId, trigger: "source", doer: SYSTEM, now });

const endSubscription = async ({ id, teamId, sourceFeedId }: Subscription, now: Date): Promise<boolean> => {
  try {
    await bulkAsTeam(teamId, async (client) => {
      const feed = await closeFeed(client, { id, teamId, requestedBy: null, now });
      const reason = "The feed is not shared any more.";
      await recordEnd(client, { ...feed, id, teamId, sourceFeedId, doer: SYSTEM, reason, now });
    });
    return true;
  } catch (error) {
    // Somebody ended it in the meantime.
    if (error instanceof AppError && error.code === "not_found") return false;
    throw error;
  }
};
