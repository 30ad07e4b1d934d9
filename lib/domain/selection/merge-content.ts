import type { Vouching } from "./candidate";
import type { ShareContent, ShareFeed } from "./share";

// A record's text has room for a few sources only; the console shows them all.
const MAX_FEEDS = 10;
const MAX_TAGS = 20;
const MAX_COMMENT_CHARS = 300;

/** The team's share of a record, merged over its feeds: each one's words, the highest confidence, the strictest TLP. */
export const mergeContent = (
  team: { slug: string; name: string },
  tlp: number,
  vouchings: readonly Vouching[],
): ShareContent => {
  let confidence = 0;
  for (const vouching of vouchings) confidence = Math.max(confidence, vouching.confidence);
  // By name, id and network, so that equal shares are equal text whatever order the rows came in.
  const ordered = vouchings.length === 1 ? vouchings : vouchings.toSorted(byName);
  return { team, tlp, confidence, feeds: ordered.slice(0, MAX_FEEDS).map(toShareFeed) };
};

const byName = (one: Vouching, other: Vouching): number =>
  compare(one.feedName, other.feedName) ||
  compare(one.feedId, other.feedId) ||
  compare(one.network?.value ?? "", other.network?.value ?? "");

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

const toShareFeed = ({
  feedName,
  isPublic,
  isOwnList = false,
  comment,
  threatType,
  tags,
  network,
}: Vouching): ShareFeed => ({
  name: feedName,
  isPublic,
  comment: comment.length > MAX_COMMENT_CHARS ? `${comment.slice(0, MAX_COMMENT_CHARS - 1)}…` : comment,
  threatType,
  tags: tags.length > 1 ? tags.toSorted().slice(0, MAX_TAGS) : tags,
  // A list that is the team's alone is not even named, so nothing more need be said of it.
  ...(isOwnList && isPublic && { isOwnList }),
  ...(network && { network: network.value }),
});
