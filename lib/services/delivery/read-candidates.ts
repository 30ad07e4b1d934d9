import "server-only";

import type { PoolClient } from "pg";

import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { hasHolds, heldBecause } from "@/lib/db/queries/withheld";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import type { Candidate, Vouching } from "@/lib/domain/selection/candidate";

import { openScreener, type Screener } from "@/lib/services/allowlists/open-screener";

import type { PlanningConnector } from "./planning-connector";

/** One candidate with what of it stands at the destination. */
export type ReadCandidate = {
  /** The row's number in PostgreSQL, as text. */
  id: string;
  /** The public id. */
  key: string;
  candidate: Candidate;
  /** Hexadecimal. */
  claimHash: string | null;
  /** It was sent without an answer: it may stand there, or not as its claim says. */
  isUnanswered: boolean;
  /** What somebody else did to what stood there; null for nothing. */
  drift: string | null;
};

/** Enough to keep the server busy, few enough to stay small in memory. */
const PAGE = 5_000;

/** Gives the ids after the given one, in order, at most so many. */
export type IdSource = (after: string, limit: number) => Promise<string[]>;

/** All that the team has live, and all of the connector's that stands at the destination or may. */
export const allCandidateIds =
  (client: PoolClient, { id, teamId }: PlanningConnector): IdSource =>
  async (after, limit) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM (
         (SELECT indicator_id AS id FROM team_indicator
          WHERE team_id = $1 AND active AND indicator_id > $3 ORDER BY indicator_id LIMIT $4)
         UNION
         (SELECT indicator_id FROM claim WHERE connector_id = $2 AND team_id = $1 AND indicator_id > $3 ORDER BY indicator_id LIMIT $4)
         UNION
         (SELECT indicator_id FROM ${unansweredItems("$2")} u WHERE indicator_id > $3 ORDER BY indicator_id LIMIT $4)
       ) either ORDER BY id LIMIT $4`,
      [teamId, id, after, limit],
    );
    return rows.map((row) => row.id);
  };

/** Those that are given, in ascending order, each once. */
export const listedIds = (ids: readonly string[]): IdSource => {
  let next = 0;
  return (_after, limit) => {
    const page = ids.slice(next, next + limit);
    next += page.length;
    return Promise.resolve(page);
  };
};

/** All of the connector's that stands at the destination or may. */
export const standingIds =
  (client: PoolClient, { id, teamId }: PlanningConnector): IdSource =>
  async (after, limit) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM (
         (SELECT indicator_id AS id FROM claim
          WHERE connector_id = $1 AND team_id = $2 AND indicator_id > $3 ORDER BY indicator_id LIMIT $4)
         UNION
         (SELECT indicator_id FROM ${unansweredItems("$1")} u WHERE indicator_id > $3 ORDER BY indicator_id LIMIT $4)
       ) either ORDER BY id LIMIT $4`,
      [id, teamId, after, limit],
    );
    return rows.map((row) => row.id);
  };

/** What a plan is to change. */
export const plannedIds =
  (client: PoolClient, planId: string): IdSource =>
  async (after, limit) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT indicator_id AS id FROM plan_item
       WHERE plan_id = $1 AND operation <> 'blocked' AND indicator_id > $2 ORDER BY indicator_id LIMIT $3`,
      [planId, after, limit],
    );
    return rows.map((row) => row.id);
  };

/** What a stopped push has not begun to send. */
export const pendingIds =
  (client: PoolClient, pushId: string): IdSource =>
  async (after, limit) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT indicator_id AS id FROM push_item
       WHERE push_id = $1 AND state = 'pending' AND indicator_id > $2 ORDER BY indicator_id LIMIT $3`,
      [pushId, after, limit],
    );
    return rows.map((row) => row.id);
  };

/** Reads candidates page by page in the order of their numbers: bounded memory whatever the set's size. */
export async function* readCandidates(
  client: PoolClient,
  connector: PlanningConnector,
  nextIds: IdSource,
  isUrgent: boolean,
): AsyncGenerator<ReadCandidate[]> {
  const feeds = await readFeeds(client, connector);
  const isHolding = await hasHolds(client, connector.teamId);
  const screener = await openScreener(client, connector.teamId);
  for (let after = "0"; ;) {
    const ids = await nextIds(after, PAGE);
    const last = ids.at(-1);
    if (last === undefined) return;
    yield await readPage(client, connector, { ids, feeds, screener, isUrgent, isHolding });
    after = last;
  }
}

type FeedFact = { name: string; isPublic: boolean; isStoreOnly: boolean; isWithheld: boolean };
type FeedFacts = ReadonlyMap<string, FeedFact>;

const readFeeds = async (
  client: PoolClient,
  { id: connectorId, teamId }: PlanningConnector,
): Promise<FeedFacts> => {
  const { rows } = await client.query<FeedFact & { id: string }>(
    `SELECT id, name, visibility = 'everyone' AS "isPublic", store_only OR source_store_only AS "isStoreOnly",
       coalesce(jsonb_typeof(settings #> '{subscription,connectors}') = 'array'
         AND NOT settings #> '{subscription,connectors}' ? $2, false) AS "isWithheld"
     FROM feed WHERE team_id = $1`,
    [teamId, connectorId],
  );
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
};

type IndicatorRow = {
  id: string;
  key: string;
  type: number;
  value: string;
  active: boolean;
  tlp: number;
  validUntil: Date | null;
  halvings: number;
  isFaded: boolean;
  withdrawnBecause: string | null;
  claimHash: string | null;
  standingUntil: Date | null;
  isUnanswered: boolean;
  drift: string | null;
};

const readPage = async (
  client: PoolClient,
  { id: connectorId, teamId }: PlanningConnector,
  {
    ids,
    feeds,
    screener,
    isUrgent,
    isHolding,
  }: {
    ids: readonly string[];
    feeds: FeedFacts;
    screener: Screener;
    isUrgent: boolean;
    isHolding: boolean;
  },
): Promise<ReadCandidate[]> => {
  const vouchings = await readVouchings(client, { teamId, ids, feeds, isHolding });
  const { rows } = await client.query<IndicatorRow>(
    `SELECT i.id, i.key, i.type, i.value, coalesce(t.active, false) AS active,
       coalesce(t.tlp, 5::smallint) AS tlp, t.valid_until AS "validUntil",
       coalesce(t.halvings, 0::smallint) AS halvings, coalesce(t.halvings > 0 AND t.confidence <= d.floor, false) AS "isFaded", x.reason AS "withdrawnBecause",
       encode(c.content_hash, 'hex') AS "claimHash", c.expires_at AS "standingUntil", u.indicator_id IS NOT NULL AS "isUnanswered",
       w.drift
     FROM indicator i
     LEFT JOIN team_indicator t ON t.team_id = $2 AND t.indicator_id = i.id
     LEFT JOIN decay_rule d ON d.team_id = $2 AND d.type = i.type
     LEFT JOIN tombstone x ON x.team_id = $2 AND x.indicator_id = i.id AND x.lifted_at IS NULL
     LEFT JOIN claim c ON c.connector_id = $3 AND c.team_id = $2 AND c.indicator_id = i.id
     LEFT JOIN receipt w ON w.connector_id = $3 AND w.team_id = $2 AND w.indicator_id = i.id AND w.drift IS NOT NULL
     LEFT JOIN (SELECT DISTINCT indicator_id FROM ${unansweredItems("$3", { isUrgent })} sent) u ON u.indicator_id = i.id
     WHERE i.id = ANY ($1::bigint[]) ORDER BY i.id`,
    [ids, teamId, connectorId],
  );
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    claimHash: row.claimHash,
    isUnanswered: row.isUnanswered,
    drift: row.drift,
    candidate: {
      type: indicatorTypeFromCode(row.type),
      value: row.value,
      isActive: row.active,
      withdrawnBecause: row.withdrawnBecause,
      // By the lists themselves: what the team's view says of it follows them a little later.
      mark: screener.screen(indicatorTypeFromCode(row.type), row.value),
      tlp: row.tlp,
      validUntil: row.validUntil,
      isFaded: row.isFaded,
      standingUntil: row.standingUntil,
      vouchings: asFaded(vouchings.get(row.id) ?? NOBODY, row.halvings),
    },
  }));
};

// As often as the team's view says, so that what is sent is what is shown.
const asFaded = (vouchings: readonly Vouching[], halvings: number): readonly Vouching[] =>
  halvings === 0
    ? vouchings
    : vouchings.map((vouching) => ({ ...vouching, confidence: vouching.confidence >> halvings }));

const NOBODY: readonly Vouching[] = [];

type VouchingRow = Omit<
  Vouching,
  "feedName" | "isPublic" | "isStoreOnly" | "isWithheld" | "wish" | "tags"
> & {
  id: string;
  tags: string[] | null;
  action: string | null;
  severity: string | null;
};

type Asked = { teamId: string; ids: readonly string[]; feeds: FeedFacts; isHolding: boolean };

const readVouchings = async (
  client: PoolClient,
  { teamId, ids, feeds, isHolding }: Asked,
): Promise<ReadonlyMap<string, Vouching[]>> => {
  const { rows } = await client.query<VouchingRow>(
    `SELECT indicator_id AS id, feed_id AS "feedId", confidence, nullif(tags, '{}') AS tags, comment, threat_type AS "threatType",
       least(valid_until, expires_at) AS "validUntil", context->>'action' AS action, context->>'severity' AS severity,
       ${isHolding ? heldBecause("attribution") : "NULL"} AS "heldBecause"
     FROM attribution
     WHERE indicator_id = ANY ($1::bigint[]) AND team_id = $2 AND until_generation IS NULL`,
    [ids, teamId],
  );
  const byId = new Map<string, Vouching[]>();
  for (const row of rows) {
    const { id, feedId, action, severity } = row;
    const feed = feeds.get(feedId);
    if (!feed) continue; // made while we read; the next plan knows it
    const hasWish = action !== null || severity !== null;
    const vouching: Vouching = {
      feedId,
      feedName: feed.name,
      isPublic: feed.isPublic,
      isStoreOnly: feed.isStoreOnly,
      isWithheld: feed.isWithheld,
      heldBecause: row.heldBecause,
      confidence: row.confidence,
      tags: row.tags ?? NO_TAGS,
      comment: row.comment,
      threatType: row.threatType,
      validUntil: row.validUntil,
      wish: hasWish ? { action: action ?? undefined, severity: severity ?? undefined } : null,
    };
    const known = byId.get(id);
    if (known) known.push(vouching);
    else byId.set(id, [vouching]);
  }
  return byId;
};

const NO_TAGS: readonly string[] = [];
