import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { feedLook, sighting } from "@/lib/db/queries/fading";
import { goodRun } from "@/lib/db/queries/good-run";
import { idThere } from "@/lib/db/queries/standing-ids";
import { asActor } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { sayAdopted } from "@/lib/domain/delivery/adopted-words";
import { AppError } from "@/lib/domain/errors";
import { EXPIRY_BASES } from "@/lib/domain/feed/expiry-settings";
import {
  explainState,
  type AttributionFacts,
  type Explanation,
  type LifecycleFacts,
} from "@/lib/domain/indicator/lifecycle";
import { mergeVouched } from "@/lib/domain/indicator/merge";
import {
  indicatorTypeFromCode,
  tlpFromCode,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";
import { validUntilOf } from "@/lib/domain/indicator/validity";
import { recallOf, type Mark } from "@/lib/domain/screening/mark";
import { openScreenerOf } from "@/lib/services/allowlists/open-screener";

import { readAdopted, type Adopted } from "@/lib/services/planning/read-adopted";
import type { StandingRecord } from "@/lib/services/reconcile/read-claimants";

import { queryOf } from "./list-indicators-rows";
import { readDecisions, type TracedDecision } from "./trace-decisions";
import { readHolds, type TracedHold } from "./trace-holds";
import { readPolicyNow, readRecord } from "./trace-now";
import { readAddresses, readNetworks, type TracedAddresses, type TracedNetwork } from "./trace-networks";
import { readTimeline, type TimelinePlace, type TraceEvent } from "./trace-timeline";

type TracedAttribution = {
  team: string;
  feed: { id: string; name: string; kind: string };
  /** The run that brought it, the one that ended it (null while it stands), and the line it stood on. */
  run: { id: string; number: number; at: Date } | null;
  endedBy: { id: string; number: number; at: Date } | null;
  line: number;
  comment: string;
  threatType: string;
  confidence: number;
  tlp: Tlp;
  tags: string[];
  addedBy: string | null;
  /** What was done to the spelling beyond writing it the canonical way, and the port that stood beside it. */
  marks: string[];
  port: number | null;
  /** What the value is part of at the source, and its own id there. */
  origin: { event: string | null; info: string | null; org: string | null; id: string | null } | null;
  firstSeen: Date;
  lastSeen: Date;
  /** When the source no longer held it, while the feed's policy keeps it. */
  absentSince: Date | null;
  validUntil: Date | null;
};

type TracedReceipt = {
  connectorId: string;
  connector: string;
  kind: string;
  team: string;
  state: string;
  remoteId: string | null;
  stixId: string | null;
  pushId: string | null;
  /** What somebody else did to the record since it was confirmed. */
  drift: string | null;
  sentAt: Date | null;
  acceptedAt: Date | null;
  visibleAt: Date | null;
  goneAt: Date | null;
  expiresAt: Date | null;
  reason: string | null;
  /** What stands there, how this connector wants it, and who else claims it; null where nothing of it stands. */
  record: StandingRecord | null;
};

export type Trace = {
  id: string;
  type: IndicatorType;
  value: string;
  /** The state in each of the actor's teams, with the rule that decided. */
  states: ({ team: string; teamId: string } & Explanation)[];
  attributions: TracedAttribution[];
  /** What keeps it in, in one of the actor's teams at least. */
  screening: { list: string; reason: string } | null;
  /** Every list that it is on, by team, the strictest first. */
  allowlists: ({ team: string } & Mark)[];
  receipts: TracedReceipt[];
  /** Where it stands by somebody else's hand, and was adopted: no push has made it the team's yet. */
  adopted: Omit<Adopted, "type" | "value">[];
  /** What a person holds back that it is part of. */
  holds: TracedHold[];
  /** Of a network that goes to a destination as its addresses: how these fare. */
  addresses: TracedAddresses[];
  /** The networks as an address of which it went out; a value that no source names itself has no states. */
  networks: TracedNetwork[];
  /** What each connector's newest plan says of it, and by what policy. */
  decisions: TracedDecision[];
  /** All that happened, newest first, a page at a time. */
  timeline: TraceEvent[];
  timelineNext: TimelinePlace | null;
};

type Options = {
  /** Where the page of the timeline begins; null: with what happened last. */
  after?: TimelinePlace | null;
  /** Of these teams alone; all of the actor's when not given. */
  teamIds?: readonly string[];
};
const EVENTS = 50;

/**
 * Why a value is here and where it went: each attribution the actor may see, screening, receipts, timeline. A value
 * that none of the actor's teams has, or planned as an address of its network, is `not_found`, whoever else has it.
 */
export const traceIndicator = async (
  actor: Actor,
  indicatorId: string,
  { after = null, teamIds = actor.teams.map(({ id }) => id) }: Options = {},
): Promise<Trace> => {
  const facts = await readFacts(actor, {
    indicatorId,
    after,
    teamIds,
  });
  const { found, attributions, tombstones, receipts, holds, recalls, decisions, timeline, rules } = facts;
  const { addresses, networks, adopted } = facts;
  const row = found.id.toString();
  const type = indicatorTypeFromCode(found.type);
  const rows = attributions.map((row) => attributionSchema.parse(row));
  const teams = actor.teams.filter(({ id }) => rows.some(({ teamId }) => teamId === id));
  const allowlists = await readMarks(teams, { type, value: found.value });
  const stop = allowlists.find(({ effect }) => effect === "stop");
  const now = new Date();
  return {
    id: indicatorId,
    type,
    value: found.value,
    states: teams.map((team) => ({
      team: team.slug,
      teamId: team.id,
      ...explainState(
        {
          recall: toRecall(allowlists, { team: team.slug, recalls }),
          tombstone: toDecision(
            tombstones.find(({ teamId, liftedAt }) => teamId === team.id && liftedAt === null),
          ),
          allowlists: allowlists
            .filter((mark) => mark.team === team.slug)
            .map(({ name, reason, effect }) => ({ list: name, reason, effect, until: null })),
          attributions: rows.filter(isLiveIn(team.id)).map(toFacts),
          fading: toFading(
            rows.filter(isLiveIn(team.id)),
            rules.find(({ teamId }) => teamId === team.id),
          ),
        },
        now,
      ),
    })),
    attributions: rows.map(toTraced),
    screening: stop ? { list: stop.list, reason: stop.reason } : null,
    allowlists,
    receipts: await Promise.all(
      receipts.map(async ({ teamId, ...receipt }) => ({
        ...receipt,
        record: await readRecord({ teamId, ...receipt }, row),
      })),
    ),
    adopted,
    holds,
    addresses,
    networks,
    decisions: await readPolicyNow(decisions.map(withAdopted(adopted)), { row, now }),
    timeline: timeline.events,
    timelineNext: timeline.next,
  };
};

const withAdopted =
  (adopted: Trace["adopted"]) =>
  <T extends { connectorId: string; reason: string | null }>(decision: T): T => {
    const there = adopted.find(({ connectorId }) => connectorId === decision.connectorId);
    return there && decision.reason !== null
      ? { ...decision, reason: sayAdopted(decision.reason, there.by) }
      : decision;
  };

const isLiveIn =
  (id: string) =>
  ({ teamId, until }: ReadAttribution): boolean =>
    teamId === id && until === null;

const toFading = (
  rows: readonly ReadAttribution[],
  rule: { halfLifeDays: number; floor: number } | undefined,
): LifecycleFacts["fading"] => {
  const merged = mergeVouched(
    rows.map(({ feed, statedUntil, policyUntil, sightedAt, ...row }) => ({
      ...row,
      ...{ source: feed.name, lastSeen: sightedAt, validUntil: validUntilOf({ statedUntil, policyUntil }) },
    })),
  );
  return merged && rule ? { confidence: merged.confidence, sightedAt: merged.lastSeen, rule } : null;
};

const readMarks = async (
  teams: readonly TeamAccess[],
  { type, value }: { type: IndicatorType; value: string },
): Promise<Trace["allowlists"]> => {
  const marks: Trace["allowlists"] = [];
  for (const { id, slug } of teams) {
    const { screenAll } = await openScreenerOf(id);
    marks.push(...screenAll(type, value).map((mark) => ({ team: slug, ...mark })));
  }
  return marks;
};

type StandingRecall = { id: string; reason: string; createdByName: string; until: Date | null };

const toRecall = (
  marks: Trace["allowlists"],
  { team, recalls }: { team: string; recalls: readonly StandingRecall[] },
) => {
  const id = marks.flatMap((mark) => (mark.team === team ? [recallOf(mark.list)] : [])).find(Boolean);
  const recall = recalls.find((one) => one.id === id);
  return recall ? { reason: recall.reason, by: recall.createdByName, until: recall.until } : null;
};

type Asked = { indicatorId: string; after: TimelinePlace | null; teamIds: readonly string[] };

const readFacts = (actor: Actor, { indicatorId, after, teamIds: asked }: Asked) =>
  asActor(actor, async (tx) => {
    const teamIds = [...asked];
    const [found] = await tx.$queryRaw<{ id: bigint; type: number; value: string }[]>`
      SELECT i.id, i.type, i.value FROM indicator i
      WHERE i.key = ${indicatorId}::uuid
        AND EXISTS (
          SELECT FROM team_indicator t WHERE t.indicator_id = i.id AND t.team_id = ANY (${teamIds}::uuid[])
          UNION ALL
          SELECT FROM receipt r WHERE r.indicator_id = i.id AND r.team_id = ANY (${teamIds}::uuid[])
          UNION ALL
          SELECT FROM plan_item p WHERE p.indicator_id = i.id AND p.team_id = ANY (${teamIds}::uuid[]))`;
    if (!found) throw new AppError("not_found", "There is no such indicator.");
    const attributions = await tx.$queryRaw<AttributionRow[]>`
      SELECT a.team_id AS "teamId", team.slug AS team, json_build_object('id', f.id, 'name', f.name, 'kind', f.kind) AS feed,
        f.removal::text, f.grace_runs AS "graceRuns", f.settings->>'expireFrom' AS "expireFrom",
        CASE WHEN opened.id IS NOT NULL THEN json_build_object('id', opened.id, 'number', opened.number, 'at', opened.finished_at) END AS run,
        CASE WHEN ended.id IS NOT NULL THEN json_build_object('id', ended.id, 'number', ended.number, 'at', ended.finished_at) END AS "endedBy",
        gone.finished_at AS "absentSince", (
          SELECT count(*) FROM feed_run missed
          WHERE missed.feed_id = a.feed_id AND missed.number >= a.absent_from_run AND missed.extent = 'full'
            AND ${Prisma.raw(goodRun("missed"))}
        )::int AS "missedRuns", a.from_generation AS opened, a.until_generation AS until, a.line, a.comment, a.threat_type AS "threatType",
        a.confidence, a.tlp, a.tags, a.context->>'addedBy' AS "addedBy",
        coalesce(a.context->'marks', '[]') AS marks, (a.context->>'port')::int AS port, a.context->'origin' AS origin, a.first_seen AS "firstSeen",
        a.last_seen AS "lastSeen", ${Prisma.raw(sighting("a", feedLook("f")))} AS "sightedAt", a.valid_until AS "statedUntil", a.expires_at AS "policyUntil"
      FROM attribution a JOIN feed f ON f.id = a.feed_id JOIN team ON team.id = a.team_id
      LEFT JOIN feed_run opened ON opened.feed_id = a.feed_id AND opened.number = a.from_generation
      LEFT JOIN feed_run ended ON ended.feed_id = a.feed_id AND ended.number = a.until_generation
      LEFT JOIN feed_run gone ON gone.feed_id = a.feed_id AND gone.number = a.absent_from_run
      WHERE a.indicator_id = ${found.id} AND a.team_id = ANY (${teamIds}::uuid[])
      ORDER BY a.until_generation IS NOT NULL, a.id DESC LIMIT 200`;
    const tombstones = await tx.tombstone.findMany({
      where: { indicatorId: found.id, teamId: { in: teamIds } },
      orderBy: { createdAt: "desc" },
    });
    const receipts = await tx.$queryRaw<ReadReceipt[]>`
      SELECT r.team_id AS "teamId", r.connector_id AS "connectorId", c.name AS connector, c.kind::text, team.slug AS team, r.state::text,
        ${Prisma.raw(idThere("remote_id"))} AS "remoteId", ${Prisma.raw(idThere("stix_id"))} AS "stixId", r.push_id AS "pushId", r.drift, r.sent_at AS "sentAt", r.accepted_at AS "acceptedAt",
        r.visible_at AS "visibleAt", r.gone_at AS "goneAt", r.expires_at AS "expiresAt", r.reason
      FROM receipt r JOIN connector c ON c.id = r.connector_id JOIN team ON team.id = r.team_id
      WHERE r.indicator_id = ${found.id} AND r.team_id = ANY (${teamIds}::uuid[]) ORDER BY c.name`;
    const holds = await readHolds(tx, { indicatorId: found.id, teamIds });
    const recalls = await tx.recall.findMany({
      where: { liftedAt: null, OR: [{ teamId: { in: teamIds } }, { teamId: null }] },
      select: { id: true, reason: true, createdByName: true, until: true },
    });
    const decisions = await readDecisions(tx, { indicatorId: found.id, teamIds });
    const timeline = await readTimeline(
      tx,
      { id: found.id, key: indicatorId, teamIds },
      { limit: EVENTS, after },
    );
    const place = { indicatorId: found.id, teamIds };
    const { value } = found;
    const addresses = await readAddresses(tx, { ...place, type: indicatorTypeFromCode(found.type), value });
    const networks = await readNetworks(tx, place);
    const rules = await tx.decayRule.findMany({ where: { teamId: { in: teamIds }, type: found.type } });
    const adopted = (await readAdopted(queryOf(tx), { teamIds, values: [value] })).flatMap(
      ({ type, value: _, ...one }) => (type === indicatorTypeFromCode(found.type) ? [one] : []),
    );
    const sent = { receipts, adopted, holds, addresses, networks, decisions };
    return { found, attributions, tombstones, recalls, timeline, rules, ...sent };
  });

type ReadReceipt = Omit<TracedReceipt, "record"> & { teamId: string };

type AttributionRow = Record<keyof z.input<typeof attributionSchema>, unknown>;

const runSchema = z.object({ id: z.uuid(), number: z.number(), at: z.coerce.date() });
const attributionSchema = z.object({
  teamId: z.uuid(),
  team: z.string(),
  feed: z.object({ id: z.uuid(), name: z.string(), kind: z.string() }),
  removal: z.enum(["mirror", "expire", "keep"]),
  graceRuns: z.number(),
  expireFrom: z.enum(EXPIRY_BASES).nullable(),
  missedRuns: z.number(),
  run: runSchema.nullable(),
  endedBy: runSchema.nullable(),
  absentSince: z.date().nullable(),
  opened: z.number(),
  until: z.number().nullable(),
  line: z.number(),
  comment: z.string(),
  threatType: z.string(),
  confidence: z.number(),
  tlp: z.number().transform(tlpFromCode),
  tags: z.array(z.string()),
  addedBy: z.string().nullable(),
  marks: z.array(z.string()),
  port: z.number().nullable(),
  origin: z
    .object({
      event: z.string().nullable().default(null),
      info: z.string().nullable().default(null),
      org: z.string().nullable().default(null),
      id: z.string().nullable().default(null),
    })
    .nullable(),
  firstSeen: z.date(),
  lastSeen: z.date(),
  sightedAt: z.date(),
  statedUntil: z.date().nullable(),
  policyUntil: z.date().nullable(),
});
type ReadAttribution = z.output<typeof attributionSchema>;

const toFacts = (row: ReadAttribution): AttributionFacts => {
  const { feed, statedUntil, firstSeen, lastSeen, absentSince } = row;
  return { feed: feed.name, statedUntil, firstSeen, lastSeen, absentSince, policy: toPolicy(row) };
};

const toPolicy = (row: ReadAttribution): AttributionFacts["policy"] => {
  const { removal, graceRuns, missedRuns, expireFrom, policyUntil } = row;
  switch (removal) {
    case "mirror":
      return { removal, graceRuns, missedRuns };
    case "expire":
      return { removal, from: expireFrom ?? "lastSeen", until: policyUntil };
    case "keep":
      return { removal };
  }
};

const toTraced = ({ statedUntil, policyUntil, ...row }: ReadAttribution): TracedAttribution => ({
  team: row.team,
  feed: row.feed,
  run: row.run,
  endedBy: row.endedBy,
  line: row.line,
  comment: row.comment,
  threatType: row.threatType,
  confidence: row.confidence,
  tlp: row.tlp,
  tags: row.tags,
  addedBy: row.addedBy,
  marks: row.marks,
  port: row.port,
  origin: row.origin,
  firstSeen: row.firstSeen,
  lastSeen: row.lastSeen,
  absentSince: row.absentSince,
  validUntil: validUntilOf({ statedUntil, policyUntil }),
});

type TombstoneRow = {
  teamId: string;
  reason: string;
  liftedAt: Date | null;
};

const toDecision = (tombstone: TombstoneRow | undefined) =>
  tombstone ? { reason: tombstone.reason, until: null } : null;
