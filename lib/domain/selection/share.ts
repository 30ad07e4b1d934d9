import type { Json } from "@/lib/domain/canonical-json";
import type { Action, Severity } from "@/lib/domain/connector/actions";
import type { Templates } from "@/lib/domain/delivery/templates";

/** What one feed of a team says of an indicator. */
export type ShareFeed = {
  name: string;
  /** Visibility `everyone`: it may be named where other teams' claims stand too. */
  isPublic: boolean;
  /** It may be named, as the team's own list, and what the team's people wrote there is for them alone; left out for all else. */
  isOwnList?: true | undefined;
  comment: string;
  threatType: string;
  tags: readonly string[];
  /** The network that it names, of which the address is one; left out where it names the value itself. */
  network?: string | undefined;
};

/** What is to be read of a record in a person's own words; null: as everywhere. */
export type Words = { title: string | null; description: string | null };

export type ShareContent = {
  team: { slug: string; name: string };
  /** Position in TLPS, from 1; the strictest of all sources. */
  tlp: number;
  confidence: number;
  feeds: readonly ShareFeed[];
  /** How its connector words the record; left out where it does not. */
  templates?: Templates | undefined;
  /** The device groups that a rule names, in order; left out where the connector's own hold. */
  deviceGroups?: readonly string[] | undefined;
  /** What somebody wrote at Microsoft and a person adopted; left out where nobody did. */
  words?: Words | undefined;
};

/** One team's part in a record: how it wants it, and what it says of it. */
export type Share = { action: Action; severity: Severity; expiresAt: Date; content: ShareContent };

/** The share as text that is equal for equal shares, since every key is written in one order; its hash tells a change from none. */
export const shareText = ({ action, severity, expiresAt, content }: Share): string =>
  JSON.stringify([action, severity, expiresAt, contentJson(content)]);

/** The content as plain JSON, as it is stored. */
export const contentJson = ({
  team,
  tlp,
  confidence,
  feeds,
  templates,
  deviceGroups,
  words,
}: ShareContent): Record<string, Json> => ({
  team: { slug: team.slug, name: team.name },
  tlp,
  confidence,
  feeds: feeds.map(({ name, isPublic, isOwnList, comment, threatType, tags, network }) => ({
    name,
    isPublic,
    comment,
    threatType,
    tags,
    ...(isOwnList && { isOwnList }),
    ...(network !== undefined && { network }),
  })),
  // Left out, so that what was sent before there were any is not sent anew.
  ...(deviceGroups && { deviceGroups: [...deviceGroups] }),
  ...(templates && { templates: { title: templates.title, description: templates.description } }),
  ...(words && { words: { title: words.title, description: words.description } }),
});
