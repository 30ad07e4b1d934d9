import type { Share } from "@/lib/domain/selection/share";

/**
 * A share that was stored, with its feeds as they may be named now: what was everybody's then and is one team's by now is so in what is
 * written from now on, before its own team has planned.
 */
export const saidNow = (share: Share, isPublic: (feedName: string) => boolean): Share => {
  const { feeds } = share.content;
  if (!feeds.some((feed) => feed.isPublic && !isPublic(feed.name))) return share;
  const now = feeds.map((feed) => (feed.isPublic ? { ...feed, isPublic: isPublic(feed.name) } : feed));
  return { ...share, content: { ...share.content, feeds: now } };
};
