import "server-only";

import { asTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import type { FeedPreview } from "@/lib/domain/feed/feed";
import type { Preview } from "@/lib/domain/feed/preview";

import { openFeedSecrets } from "./feed-secrets";
import { refuseOtherHost } from "./other-host";
import { previewFeed } from "./preview-feed";

/**
 * As `previewFeed`, for changed settings of a saved feed that keeps its stored sign-in and headers. These go to the
 * host they were given for and to no other: an address elsewhere is `invalid_input`.
 */
export const previewSavedFeed = async (
  feed: { id: string; teamId: string },
  input: FeedPreview,
): Promise<Preview> => {
  const saved = await asTeam(feed.teamId, (tx) =>
    tx.feed.findFirst({
      where: { id: feed.id, teamId: feed.teamId, deletedAt: null },
      select: { url: true, sealedSecrets: true },
    }),
  );
  if (!saved) throw new AppError("not_found", "There is no such feed.");
  if (saved.sealedSecrets !== null && input.url !== null) refuseOtherHost(saved.url, input.url);
  return previewFeed(feed.teamId, { ...input, ...openFeedSecrets(feed.id, saved.sealedSecrets) });
};
