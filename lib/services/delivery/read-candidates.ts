import "server-only";

import type { PoolClient } from "pg";

import { feedLook } from "@/lib/db/queries/fading";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { hasHolds, heldBecause } from "@/lib/db/queries/withheld";
import type { DriftChoice } from "@/lib/domain/delivery/drift-choices";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { findNear } from "@/lib/domain/screening/nearness";
import type { Candidate, Vouching } from "@/lib/domain/selection/candidate";

import { openScreener, type Screener } from "@/lib/services/allowlists/open-screener";

import type { IdSource } from "./candidate-ids";
import type { PlanningConnector } from "./planning-connector";
import { openBlast, type BlastReader, type BlastRow } from "./read-blast";

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
  /** When a source of the team last saw it. */
  lastSeen: Date | null;
  driftChoice: DriftChoice | null;
  /** Public ids of stronger hashes of the same file, as the team's sources say. */
  strongerKeys: readonly string[];
};

/** Enough to keep the server busy, few enough to stay small in memory. */
const PAGE = 5_000;

export type CandidateReader = {
  /** Candidates page by page in the order of their numbers: bounded memory whatever the set's size. */
  pages: (nextIds: IdSource) => AsyncGenerator<ReadCandidate[]>;
  /** Those of these public ids that are known at all, in no order. */
  byKeys: (keys: readonly string[]) => Promise<ReadCandidate[]>;
  /** What the team calls its feeds, by their id. */
  feedName: (feedId: string) => string | undefined;
  /** What on one of the team's allowlists a value is close to. */
  findNear: (type: IndicatorType, value: string) => string | null;
};

/** Opens a connector's candidates: what is asked of each alike is read once. */
export const openCandidates = async (
  client: PoolClient,
  connector: PlanningConnector,
  isUrgent: boolean,
): Promise<CandidateReader> => {
  const feeds = await readFeeds(client, connector);
  const isHolding = await hasHolds(client, connector.teamId);
  const screener = await openScreener(client, connector.teamId);
  const blast = await openBlast(client, connector);
  const read = (ids: readonly string[]) =>
    readPage(client, connector, { ids, feeds, screener, blast, isUrgent, isHolding });
  return {
    pages: async function* (nextIds) {
      const load = async (after: string): Promise<{ page: ReadCandidate[]; last: string } | null> => {
        const ids = await nextIds(after, PAGE);
        const last = ids.at(-1);
        return last === undefined ? null : { page: await read(ids), last };
      };
      // The server looks for the next page while this one is judged.
      for (let next = load("0"); ;) {
        const loaded = await next;
        if (loaded === null) return;
        next = load(loaded.last);
        // Whoever stops reading asks for no page any more, and so hears of no failure.
        next.catch(() => undefined);
        yield loaded.page;
      }
    },
    byKeys: async (keys) => {
      const { rows } = await client.query<{ id: string }>(
        "SELECT id FROM indicator WHERE key = ANY ($1::uuid[])",
        [keys],
      );
      return rows.length === 0 ? [] : read(rows.map(({ id }) => id));
    },
    feedName: (feedId) => feeds.get(feedId)?.name,
    findNear: (type, value) => findNear(screener.screen, type, value),
  };
};

type FeedFact = {
  name: string;
  isPublic: boolean;
  isStoreOnly: boolean;
  isWithheld: boolean;
  /** When it was last read whole and well; null also where nobody asks. */
  lookedAt: Date | null;
};
type FeedFacts = ReadonlyMap<string, FeedFact>;

const readFeeds = async (
  client: PoolClient,
  { id: connectorId, teamId, policy }: PlanningConnector,
): Promise<FeedFacts> => {
  const look = policy.selection.maxAgeDays === null ? "NULL::timestamptz" : feedLook("feed");
  const { rows } = await client.query<FeedFact & { id: string }>(
    `SELECT id, name, visibility = 'everyone' AS "isPublic", store_only OR source_store_only AS "isStoreOnly",
       coalesce(jsonb_typeof(settings #> '{subscription,connectors}') = 'array'
         AND NOT settings #> '{subscription,connectors}' ? $2, false) AS "isWithheld",
       ${look} AS "lookedAt"
     FROM feed WHERE team_id = $1`,
    [teamId, connectorId],
  );
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
};

type IndicatorRow = BlastRow & {
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
  lastSeen: Date | null;
  driftChoice: DriftChoice | null;
};

const readPage = async (
  client: PoolClient,
  { id: connectorId, teamId, policy }: PlanningConnector,
  {
    ids,
    feeds,
    screener,
    blast,
    isUrgent,
    isHolding,
  }: {
    ids: readonly string[];
    feeds: FeedFacts;
    screener: Screener;
    blast: BlastReader;
    isUrgent: boolean;
    isHolding: boolean;
  },
): Promise<ReadCandidate[]> => {
  const vouchings = await readVouchings(client, teamId, ids, {
    feeds,
    hasAge: policy.selection.maxAgeDays !== null,
    isHolding,
  });
  const { rows } = await client.query<IndicatorRow>(
    `SELECT i.id, i.key, i.type, i.value, coalesce(t.active, false) AS active,
       coalesce(t.tlp, 5::smallint) AS tlp, t.valid_until AS "validUntil", t.last_seen AS "lastSeen",
       coalesce(t.halvings, 0::smallint) AS halvings, coalesce(t.halvings > 0 AND t.confidence <= d.floor, false) AS "isFaded", x.reason AS "withdrawnBecause",
       encode(c.content_hash, 'hex') AS "claimHash", c.expires_at AS "standingUntil", u.indicator_id IS NOT NULL AS "isUnanswered",
       w.drift, w.drift_choice AS "driftChoice"${blast.columns}
     FROM indicator i
     LEFT JOIN team_indicator t ON t.team_id = $2 AND t.indicator_id = i.id
     LEFT JOIN decay_rule d ON d.team_id = $2 AND d.type = i.type
     LEFT JOIN tombstone x ON x.team_id = $2 AND x.indicator_id = i.id AND x.lifted_at IS NULL
     LEFT JOIN claim c ON c.connector_id = $3 AND c.team_id = $2 AND c.indicator_id = i.id
     LEFT JOIN receipt w ON w.connector_id = $3 AND w.team_id = $2 AND w.indicator_id = i.id AND w.drift IS NOT NULL
     LEFT JOIN (SELECT DISTINCT indicator_id FROM ${unansweredItems("$3", { isUrgent })} sent) u ON u.indicator_id = i.id
     ${blast.joins}
     WHERE i.id = ANY ($1::bigint[]) ORDER BY i.id`,
    [ids, teamId, connectorId],
  );
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    claimHash: row.claimHash,
    isUnanswered: row.isUnanswered,
    drift: row.drift,
    lastSeen: row.lastSeen,
    driftChoice: row.driftChoice,
    strongerKeys: vouchings.get(row.id)?.strongerKeys ?? NO_NAMES,
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
      blast: blast.toBlast(row, indicatorTypeFromCode(row.type), row.value),
      vouchings: asFaded(vouchings.get(row.id)?.all ?? NOBODY, row.halvings),
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
  "feedName" | "isPublic" | "isStoreOnly" | "isWithheld" | "sightedAt" | "wish" | "tags"
> & {
  id: string;
  tags: string[] | null;
  /** These two only where the connector asks for an age. */
  lastSeen?: Date;
  isAbsent?: boolean;
  strongerKeys: string[] | null;
  action: string | null;
  severity: string | null;
};

type Asked = { feeds: FeedFacts; hasAge: boolean; isHolding: boolean };

const readVouchings = async (
  client: PoolClient,
  teamId: string,
  ids: readonly string[],
  { feeds, hasAge, isHolding }: Asked,
): Promise<ReadonlyMap<string, Vouched>> => {
  const { rows } = await client.query<VouchingRow>(
    `SELECT indicator_id AS id, feed_id AS "feedId", confidence, nullif(tags, '{}') AS tags, comment, threat_type AS "threatType",
       least(valid_until, expires_at) AS "validUntil", context->>'action' AS action, context->>'severity' AS severity,
       context->'stronger' AS "strongerKeys",
       ${isHolding ? heldBecause("attribution") : "NULL"} AS "heldBecause"${hasAge ? AGE_COLUMNS : ""}
     FROM attribution
     WHERE indicator_id = ANY ($1::bigint[]) AND team_id = $2 AND until_generation IS NULL`,
    [ids, teamId],
  );
  const byId = new Map<string, { all: Vouching[]; strongerKeys: readonly string[] }>();
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
      tags: row.tags ?? NO_NAMES,
      comment: row.comment,
      threatType: row.threatType,
      validUntil: row.validUntil,
      sightedAt: sightingOf(row, feed),
      wish: hasWish ? { action: action ?? undefined, severity: severity ?? undefined } : null,
    };
    const known = byId.get(id);
    const strongerKeys = row.strongerKeys ?? NO_NAMES;
    if (!known) byId.set(id, { all: [vouching], strongerKeys });
    else {
      known.all.push(vouching);
      if (strongerKeys.length > 0)
        known.strongerKeys = [...new Set([...known.strongerKeys, ...strongerKeys])];
    }
  }
  return byId;
};

type Vouched = { all: readonly Vouching[]; strongerKeys: readonly string[] };

const AGE_COLUMNS = `, last_seen AS "lastSeen", absent_from_run IS NOT NULL AS "isAbsent"`;

// As `sighting` (lib/db/queries/fading.ts): a feed that was read whole and well saw all that it holds.
const sightingOf = ({ lastSeen, isAbsent }: VouchingRow, { lookedAt }: FeedFact): Date | null => {
  if (lastSeen === undefined) return null;
  return isAbsent === true || lookedAt === null || lookedAt < lastSeen ? lastSeen : lookedAt;
};

const NO_NAMES: readonly string[] = [];
