import "server-only";

import { randomUUID } from "node:crypto";

import type { Tx } from "@/lib/db/client";
import { brokenConstraint } from "@/lib/db/errors";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { SubscriptionPolicy } from "@/lib/domain/feed/subscription";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { FEED_SELECT, toFeedView, type FeedView } from "@/lib/services/feeds/feed-view";
import { queueRun } from "@/lib/services/feeds/queue-run";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

type Input = { feedId: string; policy: SubscriptionPolicy };

/**
 * Takes another team's shared feed into the team's set under a policy of its own, as a feed of the kind `subscription`; its
 * first run is queued. Subscribing again replaces the policy. A feed that is not shared is `not_found`.
 */
export const subscribe = async (actor: Actor, team: TeamAccess, input: Input): Promise<FeedView> => {
  const view = await asSystem("sharing", (tx) => write(tx, actor, team, input)).catch((cause: unknown) => {
    if (brokenConstraint(cause) === null) throw cause;
    throw new AppError("conflict", "Somebody has just subscribed your team to it. Open the feed again.", {
      cause,
    });
  });
  await relayOutbox();
  return view;
};

const write = async (
  tx: Tx,
  actor: Actor,
  team: TeamAccess,
  { feedId, policy }: Input,
): Promise<FeedView> => {
  const now = new Date();
  const source = await lockSource(tx, team, feedId);
  await refuseForeignConnectors(tx, team, policy);
  const standing = await tx.feed.findFirst({
    where: { teamId: team.id, sourceFeedId: feedId, deletedAt: null },
    select: { id: true, settings: true },
  });
  const feed = standing
    ? await tx.feed.update({
        where: { id: standing.id, teamId: team.id },
        data: {
          settings: { ...feedSettingsSchema.parse(standing.settings), subscription: policy },
          etag: null,
          readingVersion: { increment: 1 },
        },
        select: FEED_SELECT,
      })
    : await tx.feed.create({
        data: {
          id: randomUUID(),
          teamId: team.id,
          kind: "subscription",
          name: await findFreeName(tx, team.id, source.name),
          provider: source.provider,
          sourceFeedId: feedId,
          sourceStoreOnly: source.isStoreOnly,
          removal: "mirror",
          settings: { ...feedSettingsSchema.parse({}), subscription: policy },
          createdAt: now,
          createdBy: actor.userId,
        },
        select: FEED_SELECT,
      });
  const doer = asDoer(actor);
  await recordAudit(
    tx,
    {
      teamId: team.id,
      doer,
      action: standing ? "subscription.update" : "subscription.start",
      subject: { type: "feed", id: feed.id },
      detail: { name: feed.name, policy },
    },
    now,
  );
  if (!standing)
    await recordAudit(
      tx,
      {
        teamId: source.teamId,
        // Who it was is the subscriber's own business.
        doer: { id: null, name: team.name },
        action: "subscription.start",
        subject: { type: "feed", id: feedId },
        detail: { name: source.name, subscriber: team.name },
      },
      now,
    );
  await queueRun(tx, { feedId: feed.id, teamId: team.id, trigger: "source", doer, now });
  return toFeedView(feed);
};

type Source = { teamId: string; name: string; provider: string; isStoreOnly: boolean };

// Held so long that it cannot be taken out or made private in the meantime.
const lockSource = async (tx: Tx, team: TeamAccess, feedId: string): Promise<Source> => {
  const [source] = await tx.$queryRaw<(Source & { isShared: boolean })[]>`
    SELECT team_id AS "teamId", name, CASE WHEN kind = 'local' THEN 'Another team' ELSE provider END AS provider,
      store_only AS "isStoreOnly", visibility = 'everyone' AS "isShared" FROM feed
    WHERE id = ${feedId}::uuid AND deleted_at IS NULL FOR SHARE`;
  if (source?.teamId === team.id)
    throw new AppError("invalid_input", "This feed is your team's own; its values are in your set already.");
  if (!source?.isShared)
    throw new AppError("not_found", "There is no such feed among those that you can see.");
  return source;
};

const refuseForeignConnectors = async (
  tx: Tx,
  team: TeamAccess,
  { connectors }: SubscriptionPolicy,
): Promise<void> => {
  if (connectors === null) return;
  const ids = [...new Set(connectors)];
  const known = await tx.connector.count({
    where: { id: { in: ids }, teamId: team.id, deletedAt: null },
  });
  if (known === ids.length) return;
  const detail = "Name connectors of the subscribing team only.";
  throw new AppError("invalid_input", detail, { fields: [{ pointer: "/policy/connectors", detail }] });
};

const findFreeName = async (tx: Tx, teamId: string, name: string): Promise<string> => {
  const taken = await tx.feed.findMany({
    where: { teamId, deletedAt: null, name: { startsWith: name, mode: "insensitive" } },
    select: { name: true },
  });
  const names = new Set(taken.map((feed) => feed.name.toLowerCase()));
  if (!names.has(name.toLowerCase())) return name;
  for (let number = 1; ; number += 1) {
    const other = `${name} (shared${number === 1 ? "" : ` ${String(number)}`})`;
    if (!names.has(other.toLowerCase())) return other;
  }
};
