import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { toDefinition } from "@/lib/feeds/misp-definitions/write";

import { FEED_SELECT, toFeedView } from "./feed-view";

/** A team's feeds as definitions in MISP's form, without secrets; what MISP has no form for is named with its kind. */
export const exportFeeds = async (actor: Actor, teamId: string) => {
  const rows = await asActor(actor, (tx) =>
    tx.feed.findMany({
      where: { teamId, deletedAt: null, kind: { not: "local" } },
      orderBy: { createdAt: "asc" },
      select: FEED_SELECT,
    }),
  );
  const all = rows.map((row) => {
    const feed = toFeedView(row);
    return { name: feed.name, kind: feed.kind, definition: toDefinition(feed) };
  });
  return {
    definitions: all.flatMap(({ definition }) => definition ?? []),
    leftOut: all.filter(({ definition }) => definition === null).map(({ name, kind }) => ({ name, kind })),
  };
};
