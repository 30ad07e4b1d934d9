import "server-only";

import type { PoolClient } from "pg";

import { countStagedByType, createStage } from "@/lib/db/queries/generation";
import { lastLook } from "@/lib/db/queries/fading";
import { bulkAsTeam, stepAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import { toRemovalRule } from "@/lib/domain/feed/removal";
import { subscriptionPolicySchema, type SubscriptionPolicy } from "@/lib/domain/feed/subscription";
import {
  INDICATOR_TYPES,
  indicatorTypeCode,
  indicatorTypeFromCode,
  tlpCode,
} from "@/lib/domain/indicator/types";
import { openScreener } from "@/lib/services/allowlists/open-screener";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { commitStage } from "@/lib/services/feeds/commit-stage";
import { finishRun } from "@/lib/services/feeds/finish-run";
import { finishUnchanged } from "@/lib/services/feeds/finish-unchanged";
import type { ClaimedRun } from "@/lib/services/feeds/run-lease";

import { noteStoreOnly } from "./note-store-only";
import { screenStage } from "./screen-stage";

type Options = { workerId: string; settings: FeedSettings };

/**
 * Carries out a run of a subscription: takes what the shared feed vouches for now, as the policy says, and goes on as every
 * run does. The feed's owner has judged what came from the source, so no guard asks a second time.
 */
export const takeShared = async (
  run: ClaimedRun,
  { workerId, settings }: Options,
): Promise<"succeeded" | "unchanged"> => {
  const policy = settings.subscription ?? subscriptionPolicySchema.parse({});
  const isTaken = run.feed.liveGeneration > 0;
  const outcome = await bulkAsTeam(run.teamId, async (client) => {
    const now = new Date();
    await createStage(client);
    await client.query("GRANT INSERT ON stage TO sluice_system");
    const taken = await stepAsSystem(client, "sharing", async () => {
      const source = await readSource(client, run);
      if (isTaken && source.version === run.feed.etag) return null;
      return { source, ...(await stageShared(client, { source, policy, tags: run.feed.tags, now })) };
    });
    // Not before what takes long: it locks the subscription's row.
    const isTurned = await noteStoreOnly(client, { id: run.feedId, teamId: run.teamId });
    if (taken === null) {
      if (isTurned) await announcePlansSql(client, run.teamId);
      return "as-before" as const;
    }
    const { source, count, excludedByReason } = taken;
    const screener = await openScreener(client, run.teamId);
    await screenStage(client, screener);
    const excluded = Object.values(excludedByReason).reduce((sum, part) => sum + part, 0);
    const byType = await countStagedByType(client);
    const staged = {
      lines: count + excluded,
      values: count + excluded,
      excluded,
      excludedByReason,
      rejected: 0,
      rejectedByReason: {},
      samples: [],
    };
    const rule = toRemovalRule({ ...run.feed, ...settings });
    const commit = { workerId, rule, extent: "full", now, screenedBy: screener.version } as const;
    // Fading counts it where rows are merged.
    await client.query(
      "UPDATE feed SET source_seen_at = $2 WHERE id = $1 AND source_seen_at IS DISTINCT FROM $2",
      [run.feedId, source.seenAt],
    );
    await commitStage(client, run, commit, async (committed) => {
      await finishRun(client, {
        ...{ run, bodyId: null, staged, duplicate: 0, fetched: null, extent: "full" },
        countsByType: Object.fromEntries(
          byType.map(({ type, count: of }) => [indicatorTypeFromCode(type), of]),
        ),
        ...committed,
      });
      await client.query("UPDATE feed SET etag = $2 WHERE id = $1 AND reading_version = $3", [
        run.feedId,
        source.version,
        run.feed.readingVersion,
      ]);
      // A policy that only names other connectors, and a feed that is stored only now, change no value but what is to be sent.
      if (isTurned || (isTaken && run.feed.etag === null)) await announcePlansSql(client, run.teamId);
    });
    return "succeeded" as const;
  });
  if (outcome === "succeeded") return outcome;
  return finishUnchanged(run, { workerId, settings, fetched: null, sameAs: null });
};

type Source = {
  id: string;
  teamId: string;
  isLocal: boolean;
  version: string;
  /** When it was last read whole and well; null for a team's own list. */
  seenAt: Date | null;
};

const readSource = async (client: PoolClient, { feed, teamId }: ClaimedRun): Promise<Source> => {
  const { rows } = await client.query<Source>(
    `SELECT id, team_id AS "teamId", kind = 'local' AS "isLocal", live_generation::text AS version,
       CASE WHEN kind <> 'local' THEN ${lastLook("feed.id")} END AS "seenAt"
     FROM feed
     WHERE id = $1 AND team_id <> $2 AND deleted_at IS NULL AND visibility = 'everyone'`,
    [feed.sourceFeedId, teamId],
  );
  const [source] = rows;
  if (source) return source;
  throw new AppError(
    "not_found",
    "The feed is not shared any more. This subscription ends, and its values leave with the next plan.",
  );
};

type StageOptions = { source: Source; policy: SubscriptionPolicy; tags: readonly string[]; now: Date };

// The strictest marking never crosses over and is not even counted. Comments are the feed's content; what people wrote in
// their team's own list, and whom they asked for what, stays there.
const stageShared = async (
  client: PoolClient,
  { source, policy, tags, now }: StageOptions,
): Promise<{ count: number; excludedByReason: Record<string, number> }> => {
  const { types, minConfidence, maxTlp, expiryDays, expireFrom } = policy;
  const shared = `
    SELECT i.key, i.type, i.value, a.line, a.confidence, a.tlp, a.tags, a.comment, a.threat_type, a.first_seen, a.last_seen,
      ends.at AS valid_until, a.context,
      CASE WHEN NOT i.type = ANY ($2::int[]) THEN 'type_not_taken' WHEN a.confidence < $3 THEN 'low_confidence'
        WHEN a.tlp > $4 THEN 'tlp_not_taken' WHEN ends.at <= $5 THEN 'ended' END AS left_out
    FROM attribution a JOIN indicator i ON i.id = a.indicator_id
    CROSS JOIN LATERAL (
      SELECT least(a.valid_until, a.expires_at,
        CASE WHEN $7 THEN a.first_seen WHEN a.absent_from_run IS NOT NULL THEN a.last_seen END
          + $6::int * interval '24 hours') AS at
    ) ends
    WHERE a.feed_id = $1 AND a.team_id = $8 AND a.until_generation IS NULL AND a.tlp < $9`;
  const parameters = [
    source.id,
    (types ?? INDICATOR_TYPES).map(indicatorTypeCode),
    minConfidence,
    tlpCode(maxTlp),
    now,
    expiryDays,
    expireFrom === "firstSeen",
    source.teamId,
    tlpCode("red"),
  ];
  const { rowCount } = await client.query(
    `INSERT INTO stage
     SELECT key, type, value, line, confidence, tlp,
       ARRAY(SELECT tag FROM unnest($11::text[] || tags) WITH ORDINALITY AS u (tag, place) GROUP BY tag ORDER BY min(place)),
       CASE WHEN $10 THEN '' ELSE comment END, threat_type, first_seen, last_seen, valid_until,
       CASE WHEN $10 THEN NULL ELSE context END, NULL
     FROM (${shared}) shared WHERE left_out IS NULL`,
    [...parameters, source.isLocal, tags],
  );
  const { rows } = await client.query<{ reason: string; count: number }>(
    `SELECT left_out AS reason, count(*)::int AS count FROM (${shared}) shared WHERE left_out IS NOT NULL GROUP BY left_out`,
    parameters,
  );
  return {
    count: rowCount ?? 0,
    excludedByReason: Object.fromEntries(rows.map(({ reason, count }) => [reason, count])),
  };
};
