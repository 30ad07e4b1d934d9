import { splitThreatTypes } from "@/lib/domain/indicator/threat-types";
import { higherSeverity, stricterAction, type Action, type Severity } from "@/lib/domain/connector/actions";
import type { Share, ShareFeed, Words } from "@/lib/domain/selection/share";

import type { Templates } from "./templates";

/** What Defender is to do on a match, how loudly, and until when. */
export type Treatment = { action: Action; severity: Severity; expiresAt: Date };

/** One remote record as all its claims together want it. */
export type MergedRecord = Treatment & {
  confidence: number;
  /** Position in TLPS, from 1. */
  tlp: number;
  /** Oldest claim first. */
  teams: readonly { slug: string; name: string }[];
  feeds: readonly string[];
  /** Networks that they name, of which the address is one. */
  networks: readonly string[];
  threatTypes: readonly string[];
  comments: readonly string[];
  tags: readonly string[];
  /** How the oldest claim's connector words it; left out where it does not. */
  templates?: Templates;
  /** What a person adopted of the words at Microsoft; left out where nobody did, or other teams' people read the record as well. */
  words?: Words;
};

/** What stands where several want one record: the strictest action, the highest severity, the latest end. */
export const mergeTreatments = ([first, ...others]: readonly [Treatment, ...Treatment[]]): Treatment => {
  let { action, severity, expiresAt } = first;
  for (const other of others) {
    action = stricterAction(action, other.action);
    severity = higherSeverity(severity, other.severity);
    if (other.expiresAt > expiresAt) ({ expiresAt } = other);
  }
  return { action, severity, expiresAt };
};

/**
 * Merges the claims on one record, oldest first: the strictest action, the highest severity, the latest end, teams
 * united. What a feed of one team only says is in it while that team is the sole claimant, since every claimant's
 * people read the record; so is what a team's people wrote in their own list, whoever may use that. `maxTlp`: the ceiling
 * of whoever's application writes it, by its place in TLPS. Of a claim above that it says whose it is and how it is to be treated, and
 * nothing of what its sources say.
 */
export const mergeClaims = (shares: readonly [Share, ...Share[]], maxTlp: number): MergedRecord => {
  const [oldest] = shares;
  const told = shares.filter(({ content }) => content.tlp <= maxTlp);
  let [confidence, tlp] = told.length === 0 ? [oldest.content.confidence, maxTlp] : [0, 1];
  for (const { content } of told) {
    confidence = Math.max(confidence, content.confidence);
    tlp = Math.max(tlp, content.tlp);
  }
  const teams =
    shares.length === 1
      ? [oldest.content.team]
      : [...new Map(shares.map(({ content: { team } }) => [team.slug, team])).values()];
  const said = gather(told, ({ content }) => content.feeds);
  const feeds = teams.length === 1 ? said : said.filter(({ isPublic }) => isPublic).map(withoutOwnWords);
  const { action, severity, expiresAt } = mergeTreatments(shares);
  const { templates } = oldest.content;
  const words = teams.length === 1 && told[0] === oldest ? oldest.content.words : undefined;
  const merged: MergedRecord = {
    action,
    severity,
    expiresAt,
    confidence,
    tlp,
    teams,
    feeds: distinct(feeds.map(({ name }) => name)),
    networks: distinct(feeds.map(({ network }) => network ?? "")),
    threatTypes: distinct(gather(feeds, ({ threatType }) => splitThreatTypes(threatType))),
    comments: distinct(feeds.map(({ comment }) => comment)),
    tags: distinct(gather(feeds, ({ tags }) => tags)),
  };
  return templates || words
    ? { ...merged, ...(templates && { templates }), ...(words && { words }) }
    : merged;
};

const withoutOwnWords = (feed: ShareFeed): ShareFeed =>
  feed.isOwnList ? { ...feed, comment: "", threatType: "", tags: [] } : feed;

/** What each of them gives, in one list; of one, which most records have, its own. */
const gather = <T, R>(some: readonly T[], give: (one: T) => readonly R[]): readonly R[] => {
  const [first] = some;
  return some.length === 1 && first !== undefined ? give(first) : some.flatMap(give);
};

const distinct = (texts: readonly string[]): readonly string[] => {
  if (texts.length > 1) return [...new Set(texts.filter(isSaid))];
  return texts.every(isSaid) ? texts : NONE;
};

const NONE: readonly string[] = [];
const isSaid = (text: string): boolean => text !== "";
