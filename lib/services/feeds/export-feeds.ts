import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { FeedKind } from "@/lib/domain/feed/kinds";
import { listLeftSecrets } from "@/lib/feeds/misp-definitions/left-secrets";
import { DEFINITION_READERS, toDefinition, type DefinitionReader } from "@/lib/feeds/misp-definitions/write";

import { FEED_SELECT, toFeedView } from "./feed-view";

export { DEFINITION_READERS };

/**
 * A team's feeds as definitions in MISP's form, without secrets; whose secrets stay behind, and which feeds do with the reason, is
 * said beside them.
 */
export const exportFeeds = async (actor: Actor, teamId: string, reader: DefinitionReader) => {
  const rows = await asActor(actor, (tx) =>
    tx.feed.findMany({
      where: { teamId, deletedAt: null, kind: { not: "local" } },
      orderBy: { createdAt: "asc" },
      select: FEED_SELECT,
    }),
  );
  const all = rows.map((row) => {
    const feed = toFeedView(row);
    return {
      name: feed.name,
      kind: feed.kind,
      secrets: listLeftSecrets(feed),
      definition: toDefinition(feed, reader),
    };
  });
  const inFile = all.filter(({ definition }) => definition !== null);
  return {
    definitions: inFile.flatMap(({ definition }) => definition ?? []),
    withoutSecrets: inFile
      .filter(({ secrets }) => secrets.length > 0)
      .map(({ name, secrets }) => ({ name, secrets })),
    leftOut: all
      .filter(({ definition }) => definition === null)
      .map(({ name, kind }) => ({ name, kind, reason: reasonFor(kind) })),
  };
};

const reasonFor = (kind: FeedKind): string => {
  if (kind === "upload") return "It is made of a file: upload that file where it is wanted.";
  if (kind === "subscription") return "It is another team's feed: subscribe to it where it is wanted.";
  return "MISP's definitions have no form for this kind.";
};
