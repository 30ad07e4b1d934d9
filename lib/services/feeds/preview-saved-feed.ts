import "server-only";

import { AppError } from "@/lib/domain/errors";
import {
  feedPreviewSchema,
  SETTINGS_FIELDS,
  type FeedChangePreview,
  type FeedPreview,
} from "@/lib/domain/feed/feed";
import { mergeSettings } from "@/lib/domain/feed/merge-settings";
import type { Preview } from "@/lib/domain/feed/preview";

import type { FeedView } from "./feed-view";
import { previewFeed } from "./preview-feed";
import { withStoredSecrets, type GivenSecrets } from "./with-stored-secrets";

/** As `previewFeed`, for changed settings of a saved feed; see `withStoredSecrets` for its sign-in. */
export const previewSavedFeed = async (
  feed: { id: string; teamId: string },
  input: FeedPreview,
  given: GivenSecrets = {},
): Promise<Preview> => previewFeed(feed.teamId, await withStoredSecrets(feed, input, given), feed.id);

/** A change of a saved feed as programs send it, made whole: what it does not name is as saved. */
export const toWholeInput = (feed: FeedView, change: FeedChangePreview): FeedPreview => {
  const { url = feed.url, previewId } = change;
  const settings = mergeSettings(feed, change);
  const reading = Object.fromEntries(SETTINGS_FIELDS.map((field) => [field, settings[field]]));
  if (url === null) throw new AppError("invalid_input", "A team's own list is not fetched.");
  return feedPreviewSchema.parse({
    ...reading,
    ...{ team: feed.team, kind: feed.kind, url },
    ...(previewId !== undefined && { previewId }),
  });
};

/** As `previewSavedFeed`, for a change as programs send it. */
export const previewFeedChange = async (feed: FeedView, change: FeedChangePreview): Promise<Preview> =>
  previewSavedFeed(feed, toWholeInput(feed, change), change);
