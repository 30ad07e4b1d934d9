import type { Json } from "@/lib/domain/canonical-json";
import type { Action, Severity } from "@/lib/domain/connector/actions";

/** What one feed of a team says of an indicator. */
export type ShareFeed = {
  name: string;
  /** Visibility `everyone`: it may be named where other teams' claims stand too. */
  isPublic: boolean;
  comment: string;
  threatType: string;
  tags: readonly string[];
};

export type ShareContent = {
  team: { slug: string; name: string };
  /** Position in TLPS, from 1; the strictest of all sources. */
  tlp: number;
  confidence: number;
  feeds: readonly ShareFeed[];
};

/** One team's part in a record: how it wants it, and what it says of it. */
export type Share = { action: Action; severity: Severity; expiresAt: Date; content: ShareContent };

/** The share as text that is equal for equal shares, since every key is written in one order; its hash tells a change from none. */
export const shareText = ({ action, severity, expiresAt, content }: Share): string =>
  JSON.stringify([action, severity, expiresAt, contentJson(content)]);

/** The content as plain JSON, as it is stored. */
export const contentJson = ({ team, tlp, confidence, feeds }: ShareContent): Record<string, Json> => ({
  team: { slug: team.slug, name: team.name },
  tlp,
  confidence,
  feeds: feeds.map(({ name, isPublic, comment, threatType, tags }) => ({
    name,
    isPublic,
    comment,
    threatType,
    tags,
  })),
});
