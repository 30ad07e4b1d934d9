import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { asActor, bulkAsTeam } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { listConnectors } from "@/lib/services/connectors/list-connectors";
import { readStopOfAll } from "@/lib/services/delivery/delivery-stop";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import { readUnderWay, type UnderWay } from "@/lib/services/delivery/read-under-way";
import { findApprovalReasons } from "@/lib/services/planning/get-plan-approval";
import { listOtherwiseSet } from "@/lib/services/planning/is-plan-behind";
import { readLapsing } from "@/lib/services/planning/lapsing-claims";
import { isSick, listFeeds, type FeedWithHealth } from "@/lib/services/feeds/list-feeds";
import { RUN_SELECT, toRunView, type RunView } from "@/lib/services/feeds/run-view";

import {
  attentionOfConnector,
  attentionOfEndedShare,
  attentionOfFeed,
  attentionOfLapsing,
  attentionOfProposals,
  attentionOfBeyondLimits,
  attentionOfUnapplied,
  type Attention,
  type BeyondLimits,
  type ConnectorWithCapacity,
  type EndedShare,
} from "./attention";
import { attentionOfComparison } from "./attention-of-comparison";
import { attentionOfFailures } from "./attention-of-failures";
import { attentionOfOwnStop, attentionOfPush, attentionOfStop } from "./attention-of-push";
import { attentionOfTakingBack } from "./attention-of-taking-back";

export type { Attention } from "./attention";

export type TeamOverview = {
  feeds: { total: number; sick: number; list: FeedWithHealth[] };
  indicators: { active: number; byType: { type: IndicatorType; count: number }[] };
  connectors: ConnectorWithCapacity[];
  lastRuns: RunView[];
  lastPushes: PushSummary[];
  /** What was applied and has not left, whatever it waits for. */
  underWay: UnderWay[];
  attention: Attention[];
  /** Per day (UTC), oldest first, 14 of them: what runs added and removed. */
  days: { day: string; added: number; removed: number }[];
};

type PushSummary = {
  id: string;
  connectorId: string;
  connector: string;
  state: string;
  planned: number;
  accepted: number;
  removed: number;
  failed: number;
  skipped: number;
  queuedAt: Date;
  finishedAt: Date | null;
};

const SHOWN = 200;
const RECENT = 8;

/** Whether the team's intelligence arrives and leaves: feeds, indicators, destinations with capacity, last runs and pushes, and what needs a person. */
export const getTeamOverview = async (actor: Actor, team: TeamAccess, now: Date): Promise<TeamOverview> => {
  const scope = { teamIds: [team.id], limit: SHOWN, after: null };
  const otherwiseSet = await bulkAsTeam(team.id, (client) => listOtherwiseSet(client, team.id));
  const [
    { feeds },
    { connectors },
    { unapplied, beyondLimits, takingBack, stop, endedShares, proposals, ...facts },
    lapsing,
  ] = await Promise.all([
    listFeeds(actor, { ...scope, now }),
    listConnectors(actor, scope),
    asActor(actor, (tx) => readFacts(tx, team.id, otherwiseSet)),
    bulkAsTeam(team.id, (client) => readLapsing(client, { mode: "review", teamId: team.id, now })),
  ]);
  const withCapacity = await Promise.all(
    connectors.map(async (connector) => ({
      ...connector,
      capacity: connector.kind === "defender" ? await getCapacity(connector) : null,
    })),
  );
  const judge = async <Row extends Judged>(row: Row) => ({
    ...row,
    excess: await findExcess(actor, team.id, row),
  });
  const [judged, judgedTakingBack] = await Promise.all([
    Promise.all(unapplied.map(judge)),
    Promise.all(takingBack.map(judge)),
  ]);
  const sick = feeds.filter(isSick);
  return {
    feeds: { total: feeds.length, sick: sick.length, list: feeds },
    connectors: withCapacity,
    ...facts,
    attention: [
      ...attentionOfStop(stop, facts.underWay),
      ...attentionOfProposals(proposals),
      ...feeds.flatMap(attentionOfFeed),
      ...endedShares.map(attentionOfEndedShare),
      ...withCapacity.flatMap((connector) => [
        ...attentionOfOwnStop(connector, facts.underWay),
        ...attentionOfFailures(connector),
        ...attentionOfConnector(connector, now),
        ...attentionOfComparison(connector, now),
      ]),
      ...facts.underWay.flatMap((push) => attentionOfPush(push, now)),
      ...judged.map(attentionOfUnapplied),
      ...beyondLimits.map(attentionOfBeyondLimits),
      ...judgedTakingBack.map(attentionOfTakingBack),
      ...lapsing.flatMap((one) => attentionOfLapsing(one, now)),
    ],
  };
};

const readFacts = async (tx: Tx, teamId: string, otherwiseSet: readonly string[]) => {
  const types = await tx.$queryRaw<{ type: number; count: bigint }[]>`
    SELECT type, count(*) FROM team_indicator
    WHERE team_id = ${teamId}::uuid AND active AND screened_by IS NULL AND (valid_until IS NULL OR valid_until > now())
    GROUP BY type ORDER BY count(*) DESC`;
  const byType = types.map(({ type, count }) => ({
    type: indicatorTypeFromCode(type),
    count: Number(count),
  }));
  const runs = await tx.feedRun.findMany({
    where: { teamId, state: { notIn: ["queued"] } },
    orderBy: { queuedAt: "desc" },
    take: RECENT,
    select: RUN_SELECT,
  });
  const pushes = await tx.$queryRaw<unknown[]>`
    SELECT p.id, p.connector_id AS "connectorId", c.name AS connector, p.state::text, p.planned, p.accepted, p.removed,
      p.failed, p.skipped, p.queued_at AS "queuedAt", p.finished_at AS "finishedAt"
    FROM push p JOIN connector c ON c.id = p.connector_id
    WHERE p.team_id = ${teamId}::uuid ORDER BY p.queued_at DESC LIMIT ${RECENT}`;
  const days = await tx.$queryRaw<unknown[]>`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, coalesce(sum(r.added), 0)::int AS added, coalesce(sum(r.removed), 0)::int AS removed
    FROM generate_series((now() AT TIME ZONE 'UTC')::date - 13, (now() AT TIME ZONE 'UTC')::date, '1 day') AS day
    LEFT JOIN feed_run r ON r.team_id = ${teamId}::uuid AND r.state = 'succeeded'
      AND r.queued_at > now() - interval '45 days' -- so that the index is used; a held run may have waited for a person
      AND (r.finished_at AT TIME ZONE 'UTC')::date = day::date
    GROUP BY day ORDER BY day`;
  return {
    proposals: await tx.proposal.count({ where: { teamId, state: "open" } }),
    stop: await readStopOfAll(tx),
    underWay: await readUnderWay(tx, [teamId]),
    unapplied: await readUnapplied(tx, teamId, otherwiseSet),
    beyondLimits: await readBeyondLimits(tx, teamId),
    takingBack: await readTakingBack(tx, teamId),
    endedShares: await readEndedShares(tx, teamId),
    indicators: { active: byType.reduce((sum, { count }) => sum + count, 0), byType },
    lastRuns: runs.map(toRunView),
    lastPushes: z.array(pushSchema).parse(pushes),
    days: z.array(daySchema).parse(days),
  };
};

const judgedFields = {
  createdBy: z.string().nullable(),
  approvedAt: z.date().nullable(),
  counts: z.object({ add: z.number(), change: z.number(), remove: z.number(), keep: z.number() }).nullable(),
  changesByReason: z.object({ change: z.record(z.string(), z.number()).optional() }).nullable(),
};
const unappliedSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  planId: z.uuid().nullable(),
  changes: z.number().nullable(),
  isStale: z.boolean().nullable(),
  isOtherwiseSet: z.boolean(),
  ...judgedFields,
});
const takingBackSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  planId: z.uuid(),
  remove: z.number(),
  subject: z.string().nullable(),
  isStale: z.boolean(),
  ...judgedFields,
});

type UnappliedRow = z.output<typeof unappliedSchema>;

/**
 * The plan `p` of a connector `c` takes back nothing but what the plans of holds, which wait as well, take back: a person would be asked for
 * the same twice.
 */
const IS_OF_HOLDS = Prisma.sql`(p.changes = (p.counts->>'remove')::int AND p.changes > 0
  AND p.changes <= (SELECT sum(h.remove) FROM plan h WHERE h.connector_id = c.id AND h.withheld_id IS NOT NULL
    AND h.state = 'draft' AND h.superseded_at IS NULL)
  AND NOT EXISTS (SELECT FROM plan_item i WHERE i.plan_id = p.id AND i.operation = 'remove' AND NOT EXISTS (
    SELECT FROM plan h JOIN plan_item held ON held.plan_id = h.id AND held.indicator_id = i.indicator_id AND held.operation = 'remove'
    WHERE h.connector_id = c.id AND h.withheld_id IS NOT NULL AND h.state = 'draft' AND h.superseded_at IS NULL)))`;

/** Connectors where a person applies, and has not: a plan waits, was refused as stale, or did not see every change, of settings too. */
const readUnapplied = async (
  tx: Tx,
  teamId: string,
  otherwiseSet: readonly string[],
): Promise<UnappliedRow[]> => {
  const isOtherwiseSet = Prisma.sql`c.id = ANY (${[...otherwiseSet]}::uuid[])`;
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT c.id, c.name, p.id AS "planId", p.changes, p.is_stale AS "isStale", ${isOtherwiseSet} AS "isOtherwiseSet", p.created_by AS "createdBy",
      p.approved_at AS "approvedAt", p.counts, p.changes_by_reason AS "changesByReason"
    FROM connector c JOIN team t ON t.id = c.team_id
    LEFT JOIN LATERAL (
      SELECT id, changes_seen, state = 'stale' AS is_stale,
        CASE WHEN state = 'draft' THEN add + change + remove ELSE 0 END AS changes,
        created_by, approved_at, changes_by_reason, jsonb_build_object('add', add, 'change', change, 'remove', remove, 'keep', keep) AS counts
      FROM plan WHERE connector_id = c.id AND NOT partial ORDER BY created_at DESC LIMIT 1
    ) p ON true
    WHERE c.team_id = ${teamId}::uuid AND c.enabled AND c.deleted_at IS NULL AND c.mode = 'review'
      AND (p.changes > 0 AND NOT ${IS_OF_HOLDS} OR p.is_stale OR ${isOtherwiseSet} OR t.change_count > coalesce(p.changes_seen, 0))
    ORDER BY c.id`;
  return z.array(unappliedSchema).parse(rows);
};

type Judged = Pick<UnappliedRow, "planId" | "createdBy" | "approvedAt" | "counts" | "changesByReason"> & {
  id: string;
  isStale: boolean | null;
};

/** What of a connector's plan is more than the actor may apply alone, while nobody approved it. */
const findExcess = async (actor: Actor, teamId: string, row: Judged): Promise<string[]> => {
  const { id: connectorId, planId, isStale, approvedAt, createdBy, counts, changesByReason } = row;
  const isWaiting = planId !== null && isStale !== true && approvedAt === null;
  if (!isWaiting || counts === null || changesByReason === null) return [];
  const plan = { id: planId, connectorId, teamId, createdBy, counts, changesByReason };
  return findApprovalReasons(actor, plan);
};

/** Automatic connectors whose newest plan is left to a person. */
const readBeyondLimits = (tx: Tx, teamId: string): Promise<BeyondLimits[]> =>
  tx.$queryRaw<BeyondLimits[]>`
    SELECT c.name, p.id AS "planId", p.waits_because AS reason
    FROM connector c CROSS JOIN LATERAL (
      SELECT id, state, waits_because FROM plan WHERE connector_id = c.id AND NOT partial ORDER BY created_at DESC LIMIT 1
    ) p
    WHERE c.team_id = ${teamId}::uuid AND c.enabled AND c.deleted_at IS NULL AND c.mode = 'automatic'
      AND p.state = 'draft' AND p.waits_because IS NOT NULL
    ORDER BY c.id`;

/** Plans that nobody has applied of what is held back, and at paused connectors of what is not wanted any more. */
const readTakingBack = async (tx: Tx, teamId: string): Promise<z.output<typeof takingBackSchema>[]> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT c.id, c.name, p.id AS "planId", p.remove, h.subject, p.state = 'stale' AS "isStale", p.created_by AS "createdBy",
      p.approved_at AS "approvedAt", p.changes_by_reason AS "changesByReason",
      jsonb_build_object('add', p.add, 'change', p.change, 'remove', p.remove, 'keep', p.keep) AS counts
    FROM plan p JOIN connector c ON c.id = p.connector_id
    LEFT JOIN withheld h ON h.id = p.withheld_id
    WHERE p.team_id = ${teamId}::uuid AND p.partial AND p.superseded_at IS NULL AND c.deleted_at IS NULL AND CASE
      WHEN p.withheld_id IS NOT NULL THEN p.state = 'draft' AND h.lifted_at IS NULL
      ELSE NOT c.enabled AND p.created_by IS NOT NULL AND p.add + p.change = 0 AND p.remove > 0 AND (p.state = 'draft' OR
        (p.state = 'stale' AND NOT EXISTS (
          SELECT FROM plan newer WHERE newer.connector_id = c.id AND newer.partial AND newer.created_at > p.created_at))) END
    ORDER BY p.created_at, p.id`;
  return z.array(takingBackSchema).parse(rows);
};

const ENDED_SHARE_DAYS = 7;

/** Subscriptions of the last days that ended because their feed is shared no more, newest first. */
const readEndedShares = (tx: Tx, teamId: string): Promise<EndedShare[]> =>
  tx.$queryRaw<EndedShare[]>`
    SELECT f.name, r.removed FROM feed f JOIN feed_run r ON r.feed_id = f.id AND r.trigger = 'deleted'
    WHERE f.team_id = ${teamId}::uuid AND f.kind = 'subscription' AND r.requested_by IS NULL
      AND f.deleted_at > now() - make_interval(days => ${ENDED_SHARE_DAYS})
    ORDER BY f.deleted_at DESC, f.id`;

const pushSchema = z.object({
  id: z.uuid(),
  connectorId: z.uuid(),
  connector: z.string(),
  state: z.string(),
  planned: z.number(),
  accepted: z.number(),
  removed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  queuedAt: z.date(),
  finishedAt: z.date().nullable(),
});
const daySchema = z.object({ day: z.string(), added: z.number(), removed: z.number() });
