import type { ListColumn } from "@/lib/domain/indicator/list-view";

/** The headings of the list's columns. */
export const COLUMN_WORDS: Readonly<Record<ListColumn, string>> = {
  type: "Type",
  state: "State",
  confidence: "Confidence",
  tlp: "TLP",
  tags: "Tags",
  feeds: "Feeds",
  teams: "Teams",
  destinations: "Destinations",
  validUntil: "Expires",
  firstSeen: "First seen",
  lastSeen: "Last seen",
  added: "Added",
  addedBy: "Added by",
  comment: "Comment",
};
