import "server-only";

import type { Prisma } from "@/lib/db/generated/client";
import { feedSettingsSchema, type FeedKind } from "@/lib/domain/feed/feed";
import { tlpFromCode } from "@/lib/domain/indicator/types";

import { describeSecrets, openFeedSecrets } from "./feed-secrets";

export const FEED_SELECT = {
  id: true,
  teamId: true,
  name: true,
  provider: true,
  kind: true,
  url: true,
  enabled: true,
  everyMinutes: true,
  cron: true,
  timeZone: true,
  nextRunAt: true,
  visibility: true,
  removal: true,
  graceRuns: true,
  expiryDays: true,
  storeOnly: true,
  sourceStoreOnly: true,
  staleAfterMinutes: true,
  confidence: true,
  tlp: true,
  tags: true,
  shrinkLimitPercent: true,
  settings: true,
  sealedSecrets: true,
  bodyId: true,
  sourceFeedId: true,
  liveGeneration: true,
  createdAt: true,
  team: { select: { slug: true, name: true } },
} as const satisfies Prisma.FeedSelect;

export type FeedRow = Prisma.FeedGetPayload<{ select: typeof FEED_SELECT }>;

/** A feed as people and programs see it, by the names of the contract; secrets show only that they are set. */
export const toFeedView = (feed: FeedRow) => {
  const { settings, sealedSecrets, kind, tlp, team, ...rest } = feed;
  const secrets = readableSecrets(feed.id, sealedSecrets);
  return {
    ...rest,
    team: team.slug,
    teamName: team.name,
    kind: toFeedKind(kind),
    tlp: tlpFromCode(tlp),
    ...feedSettingsSchema.parse(settings),
    ...secrets,
  };
};
export type FeedView = ReturnType<typeof toFeedView>;

/** Prisma's name of a kind in the contract's spelling. */
/** A kind by our name. */
export const toFeedKind = (kind: FeedRow["kind"]): FeedKind => KINDS[kind];

const KINDS: Readonly<Record<FeedRow["kind"], FeedKind>> = {
  csv: "csv",
  freetext: "freetext",
  json: "json",
  misp_feed: "misp-feed",
  misp_server: "misp-server",
  taxii: "taxii",
  upload: "upload",
  local: "local",
  subscription: "subscription",
};

/** A kind by Prisma's name. */
export const STORED_KINDS: Readonly<Record<FeedKind, FeedRow["kind"]>> = {
  csv: "csv",
  freetext: "freetext",
  json: "json",
  "misp-feed": "misp_feed",
  "misp-server": "misp_server",
  taxii: "taxii",
  upload: "upload",
  local: "local",
  subscription: "subscription",
};

// A lost key must not hide the whole list; the next run says what is wrong.
const readableSecrets = (feedId: string, sealed: string | null) => {
  try {
    const { headerNames, auth } = describeSecrets(openFeedSecrets(feedId, sealed));
    return shown(headerNames, auth);
  } catch {
    return shown([], "unreadable" as const);
  }
};

/** By the names under which they were given, each value hidden. */
const shown = <AuthType extends string>(headerNames: string[], authType: AuthType) => ({
  headerNames,
  authType,
  auth: { type: authType },
  headers: Object.fromEntries(headerNames.map((name) => [name, HIDDEN])),
});

// No header may hold this text, so an answer that is sent back by mistake never replaces a value.
const HIDDEN = "•••";
