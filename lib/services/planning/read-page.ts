import "server-only";

import type { PoolClient } from "pg";

import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { heldBecause } from "@/lib/db/queries/withheld";
import type { DriftChoice } from "@/lib/domain/delivery/drift-choices";
import { NO_HOLDERS, type HoldersByScope } from "@/lib/domain/delivery/foreign";
import { isNetwork } from "@/lib/domain/indicator/expand";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import type { Candidate, Vouching } from "@/lib/domain/selection/candidate";
import type { Screener } from "@/lib/services/allowlists/open-screener";

import { arrayOf } from "@/lib/db/array-of";
import { columnsOf, type Columns, type SparseColumns } from "@/lib/db/columns";
import type { Holders } from "@/lib/services/reconcile/foreign-records";
import { networksUpTo, type PlanningConnector } from "./planning-connector";
import type { BlastReader, BlastRow } from "./read-blast";
import { readOverride } from "@/lib/services/reconcile/stored-override";

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
  /** Who else holds it there, by the device groups of their record (`recordScope`); left out where the team may not see it. */
  holders: HoldersByScope;
  /** Why the destination did not take it last time, in its words, and over what that was for good, hexadecimal; null where it did. */
  refused: { reason: string; hash: string | null } | null;
  /** Decides between equals where places are limited; left out: its own public id. */
  rankKey?: string;
};

export type FeedFact = {
  name: string;
  isPublic: boolean;
  isOwnList: boolean;
  isStoreOnly: boolean;
  isWithheld: boolean;
  /** When it was last read whole and well; null also where nobody asks. */
  lookedAt: Date | null;
};
export type FeedFacts = ReadonlyMap<string, FeedFact>;

type Options = {
  ids: readonly string[];
  feeds: FeedFacts;
  screener: Screener;
  blast: BlastReader;
  holders: Holders;
  isUrgent: boolean;
  isHolding: boolean;
};

type Found = {
  id: string;
  key: string;
  type: number;
  value: string;
  active: boolean;
  tlp: number;
  valid_until: string | null;
  last_seen: string | null;
  claim_hash: string | null;
  standing_until: string | null;
};
const FOUND = [
  ...[
    "id",
    "key",
    "type",
    "value",
    "active",
    "tlp",
    "valid_until",
    "last_seen",
    "claim_hash",
    "standing_until",
  ],
];
/** What is so of few; left out where it is not. */
type FoundOfFew = {
  halvings: number;
  is_faded: boolean;
  withdrawn_because: string;
  is_unanswered: boolean;
  drift: string;
  drift_choice: DriftChoice;
  refusal: string;
  refused_hash: string;
  override: unknown;
};
const FOUND_OF_FEW = [
  ...["halvings", "is_faded", "withdrawn_because", "is_unanswered", "drift", "drift_choice"],
  ...["override", "refusal", "refused_hash"],
];

type Said = {
  id: string;
  feed_id: string;
  confidence: number;
  comment: string;
  valid_until: string | null;
};
const SAID = ["id", "feed_id", "confidence", "comment", "valid_until"];
type SaidOfFew = {
  tags: string[];
  threat_type: string;
  action: string;
  severity: string;
  stronger: string[];
  held_because: string;
  /** These two only where the connector asks for an age. */
  last_seen: string;
  is_absent: boolean;
};
const SAID_OF_FEW = [
  ...["tags", "threat_type", "action", "severity", "stronger", "held_because", "last_seen", "is_absent"],
];

type ReadFound = Columns<Found & BlastRow> & SparseColumns<FoundOfFew>;
type ReadSaid = Columns<Said> & SparseColumns<SaidOfFew>;

/**
 * Asks for candidates by their numbers, in order. What came is made into candidates when the answer is called, so that the server may be
 * asked for more before that. To be asked `hashing`: of a team that no statistics have seen the planner takes a page for one row, and row by
 * row each would be held against all others.
 */
export const askPage = async (
  client: PoolClient,
  connector: PlanningConnector,
  { ids, feeds, screener, blast, holders, isUrgent, isHolding }: Options,
): Promise<() => ReadCandidate[]> => {
  const { id: connectorId, teamId, policy } = connector;
  const { isIn, bounds } = placeOf(ids);
  const query = `SELECT ${columnsOf(
    [...FOUND, ...blast.names],
    `SELECT i.id::text, i.key, i.type, i.value, coalesce(t.active, false) AS active,
         coalesce(t.tlp, 5::smallint) AS tlp, t.valid_until, t.last_seen, nullif(t.halvings, 0) AS halvings,
         nullif(t.halvings > 0 AND t.confidence <= d.floor, false) AS is_faded, x.reason AS withdrawn_because,
         encode(c.content_hash, 'hex') AS claim_hash, c.expires_at AS standing_until, nullif(u.indicator_id IS NOT NULL, false) AS is_unanswered,
         w.drift, w.drift_choice, CASE WHEN w.state = 'failed' THEN coalesce(w.reason, '') END AS refusal,
         encode(w.refused_hash, 'hex') AS refused_hash, to_jsonb(o) AS override${blast.columns}
       FROM ${ASKED} JOIN indicator i ON i.id = asked.id AND ${isIn("i.id")}
       LEFT JOIN team_indicator t ON t.team_id = $2 AND t.indicator_id = i.id AND ${isIn("t.indicator_id")}
       LEFT JOIN decay_rule d ON d.team_id = $2 AND d.type = i.type
       LEFT JOIN tombstone x ON x.team_id = $2 AND x.indicator_id = i.id AND ${isIn("x.indicator_id")} AND x.lifted_at IS NULL
       LEFT JOIN claim c ON c.connector_id = $3 AND c.team_id = $2 AND c.indicator_id = i.id AND ${isIn("c.indicator_id")}
       LEFT JOIN receipt w ON w.connector_id = $3 AND w.team_id = $2 AND w.indicator_id = i.id AND ${isIn("w.indicator_id")}
         AND (w.drift IS NOT NULL OR w.state = 'failed')
       LEFT JOIN record_override o ON o.connector_id = $3 AND o.team_id = $2 AND o.indicator_id = i.id AND ${isIn("o.indicator_id")}
       LEFT JOIN (SELECT DISTINCT indicator_id FROM ${unansweredItems("$3", { isUrgent, isIn })} sent) u ON u.indicator_id = i.id
       ${blast.joins(isIn)}
       ORDER BY i.id`,
    FOUND_OF_FEW,
  )}::text AS found, ${columnsOf(
    SAID,
    `SELECT attribution.indicator_id::text AS id, feed_id, confidence, nullif(tags, '{}') AS tags, comment, nullif(threat_type, '') AS threat_type,
         least(valid_until, expires_at) AS valid_until, context->>'action' AS action, context->>'severity' AS severity,
         nullif(context->'stronger', 'null') AS stronger, ${isHolding ? heldBecause("attribution") : "NULL"} AS held_because,
         ${policy.selection.maxAgeDays === null ? NO_AGE : AGE}
       FROM ${ASKED} JOIN attribution ON attribution.indicator_id = asked.id
       WHERE ${isIn("attribution.indicator_id")} AND team_id = $2 AND until_generation IS NULL`,
    SAID_OF_FEW,
  )}::text AS said`;
  const values = [arrayOf(ids), teamId, connectorId, ...bounds];
  // As text: parsed by the driver, the connection would stand idle meanwhile.
  const { rows } = await client.query<{ found: string; said: string }>(query, values);
  const [row] = rows;
  return () => {
    if (!row) return [];
    const vouchings = toVouchings(JSON.parse(row.said) as ReadSaid, feeds);
    const screening = { screen: screenBy(connector, screener), blast, holders };
    return toCandidates(JSON.parse(row.found) as ReadFound, vouchings, screening);
  };
};

type Screen = Screener["screen"];

// The addresses of a network that is taken apart are asked one by one.
const screenBy = (connector: PlanningConnector, { screen, screenWhole }: Screener): Screen =>
  networksUpTo(connector) === 0
    ? screen
    : (type, value) => (isNetwork(type) ? screenWhole(type, value) : screen(type, value));

const ASKED = "unnest($1::bigint[]) AS asked (id)";

/** Most pages are stretches without large gaps, and each table's is read at one go; of others each row is looked up. */
const placeOf = (ids: readonly string[]) => {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const id of ids) [first, last] = [Math.min(first, Number(id)), Math.max(last, Number(id))];
  return last - first < ids.length * MOST_GAPS
    ? { isIn: (id: string) => `${id} BETWEEN $4::bigint AND $5::bigint`, bounds: [first, last] }
    : { isIn: (id: string) => `${id} = ANY ($1::bigint[])`, bounds: [] };
};

const MOST_GAPS = 8;
const AGE = "last_seen, nullif(absent_from_run IS NOT NULL, false) AS is_absent";
const NO_AGE = "NULL::timestamptz AS last_seen, NULL::boolean AS is_absent";

const toCandidates = (
  found: ReadFound,
  vouchings: ReadonlyMap<string, readonly Vouching[]>,
  { screen, blast, holders }: { screen: Screen } & Pick<Options, "blast" | "holders">,
): ReadCandidate[] => {
  const [ends, seen, standing] = [createDates(), createDates(), createDates()];
  return found.id.map((id, place): ReadCandidate => {
    const type = indicatorTypeFromCode(found.type[place] ?? 0);
    const value = found.value[place] ?? "";
    const key = found.key[place] ?? "";
    return {
      id,
      key,
      claimHash: found.claim_hash[place] ?? null,
      isUnanswered: found.is_unanswered[place] ?? false,
      drift: found.drift[place] ?? null,
      lastSeen: seen(found.last_seen[place]),
      driftChoice: found.drift_choice[place] ?? null,
      holders: holders.get(key) ?? NO_HOLDERS,
      refused: toRefused(found.refusal[place], found.refused_hash[place]),
      candidate: {
        type,
        value,
        isActive: found.active[place] ?? false,
        withdrawnBecause: found.withdrawn_because[place] ?? null,
        // By the lists themselves: what the team's view says of it follows them a little later.
        mark: screen(type, value),
        tlp: found.tlp[place] ?? STRICTEST_TLP,
        validUntil: ends(found.valid_until[place]),
        isFaded: found.is_faded[place] ?? false,
        standingUntil: standing(found.standing_until[place]),
        blast: blast.toBlast(found, place, { id, type, value }),
        override: toOverride(found.override[place]),
        vouchings: asFaded(vouchings.get(id) ?? NOBODY, found.halvings[place] ?? 0),
      },
    };
  });
};

const toRefused = (
  reason: string | null | undefined,
  hash: string | null | undefined,
): ReadCandidate["refused"] =>
  reason === null || reason === undefined ? null : { reason, hash: hash ?? null };
const toOverride = (row: unknown) => (row === null || row === undefined ? null : readOverride(row));

const STRICTEST_TLP = 5;

// As often as the team's view says, so that what is sent is what is shown.
const asFaded = (vouchings: readonly Vouching[], halvings: number): readonly Vouching[] =>
  halvings === 0
    ? vouchings
    : vouchings.map((vouching) => ({ ...vouching, confidence: vouching.confidence >> halvings }));

const NOBODY: readonly Vouching[] = [];

const toVouchings = (said: ReadSaid, feeds: FeedFacts): ReadonlyMap<string, readonly Vouching[]> => {
  const byId = new Map<string, Vouching[]>();
  const [ends, seen] = [createDates(), createDates()];
  said.id.forEach((id, place) => {
    const feedId = said.feed_id[place] ?? "";
    const feed = feeds.get(feedId);
    if (!feed) return; // made while we read; the next plan knows it
    const [action, severity] = [said.action[place] ?? undefined, said.severity[place] ?? undefined];
    const vouching: Vouching = {
      feedId,
      feedName: feed.name,
      isPublic: feed.isPublic,
      isOwnList: feed.isOwnList,
      isStoreOnly: feed.isStoreOnly,
      isWithheld: feed.isWithheld,
      heldBecause: said.held_because[place] ?? null,
      confidence: said.confidence[place] ?? 0,
      tags: said.tags[place] ?? NO_NAMES,
      comment: said.comment[place] ?? "",
      threatType: said.threat_type[place] ?? "",
      validUntil: ends(said.valid_until[place]),
      sightedAt: sightingOf(seen(said.last_seen[place]), said.is_absent[place] === true, feed),
      wish: action === undefined && severity === undefined ? null : { action, severity },
      strongerKeys: said.stronger[place] ?? NO_NAMES,
    };
    const known = byId.get(id);
    if (known) known.push(vouching);
    else byId.set(id, [vouching]);
  });
  return byId;
};

const NO_NAMES: readonly string[] = [];

// As `sighting` (lib/db/queries/fading.ts): a feed that was read whole and well saw all that it holds.
const sightingOf = (lastSeen: Date | null, isAbsent: boolean, { lookedAt }: FeedFact): Date | null =>
  lastSeen === null || isAbsent || lookedAt === null || lookedAt < lastSeen ? lastSeen : lookedAt;

/** Reads the times of one column: neighbours mostly have the same. */
const createDates = () => {
  let [text, date]: [string | null, Date | null] = [null, null];
  return (next: string | null | undefined): Date | null => {
    if (next === null || next === undefined) return null;
    if (next !== text) [text, date] = [next, new Date(next)];
    return date;
  };
};
