import "server-only";

import { asTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import {
  feedPreviewSchema,
  SETTINGS_FIELDS,
  type FeedChangePreview,
  type FeedPreview,
} from "@/lib/domain/feed/feed";
import type { FeedSecrets } from "@/lib/domain/feed/feed-secrets";
import type { Preview } from "@/lib/domain/feed/preview";

import { openFeedSecrets } from "./feed-secrets";
import type { FeedView } from "./feed-view";
import { refuseOtherHost } from "./other-host";
import { previewFeed } from "./preview-feed";

type Given = { [Part in keyof FeedSecrets]?: FeedSecrets[Part] | undefined };

/**
 * As `previewFeed`, for changed settings of a saved feed that keeps its stored sign-in and headers, but for those given
 * anew. What is stored goes to the host it was given for and to no other: an address elsewhere is `invalid_input`.
 */
export const previewSavedFeed = async (
  feed: { id: string; teamId: string },
  input: FeedPreview,
  { headers, auth }: Given = {},
): Promise<Preview> => {
  const saved = await asTeam(feed.teamId, (tx) =>
    tx.feed.findFirst({
      where: { id: feed.id, teamId: feed.teamId, deletedAt: null },
      select: { url: true, sealedSecrets: true },
    }),
  );
  if (!saved) throw new AppError("not_found", "There is no such feed.");
  if (headers && auth) return previewFeed(feed.teamId, { ...input, headers, auth });
  if (saved.sealedSecrets !== null && input.url !== null) refuseOtherHost(saved.url, input.url);
  const stored = openFeedSecrets(feed.id, saved.sealedSecrets);
  return previewFeed(feed.teamId, {
    ...input,
    headers: headers ?? stored.headers,
    auth: auth ?? stored.auth,
  });
};

/** As `previewSavedFeed`, for a change as programs send it: what it does not name is as saved. */
export const previewFeedChange = async (feed: FeedView, change: FeedChangePreview): Promise<Preview> => {
  const { url = feed.url, headers, auth, previewId } = change;
  const reading = Object.fromEntries(
    SETTINGS_FIELDS.map((field) => [field, change[field] === undefined ? feed[field] : change[field]]),
  );
  if (url === null)
    throw new AppError("invalid_input", "A team's own list is not fetched: there is nothing to preview.");
  const input = feedPreviewSchema.parse({
    ...reading,
    ...{ team: feed.team, kind: feed.kind, url },
    ...(previewId !== undefined && { previewId }),
  });
  return previewSavedFeed(feed, input, { headers, auth });
};
