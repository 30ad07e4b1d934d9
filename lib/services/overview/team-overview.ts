import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { listConnectors, type ConnectorWithHealth } from "@/lib/services/connectors/list-connectors";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import type { Capacity } from "@/lib/domain/delivery/capacity";
import { isSick, listFeeds, type FeedWithHealth } from "@/lib/services/feeds/list-feeds";
import { RUN_SELECT, toRunView, type RunView } from "@/lib/services/feeds/run-view";

export type Attention = {
  kind:
    | "held-run"
    | "failing-feed"
    | "failed-items"
    | "stopped-push"
    | "failed-test"
    | "secret-expiry"
    | "full"
    | "waiting-plan"
    | "unplanned";
  /** What happened and what to do, in one sentence. */
  message: string;
  /** Where to do it, below the team's address. */
  path: string;
};

export type TeamOverview = {
  feeds: { total: number; sick: number; list: FeedWithHealth[] };
  indicators: { active: number; byType: { type: IndicatorType; count: number }[] };
  connectors: (ConnectorWithHealth & { capacity: Capacity | null })[];
  lastRuns: RunView[];
  lastPushes: PushSummary[];
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
  const [{ feeds }, { connectors }, { unapplied, ...facts }] = await Promise.all([
    listFeeds(actor, scope),
    listConnectors(actor, scope),
    asActor(actor, (tx) => readFacts(tx, team.id)),
  ]);
  const withCapacity = await Promise.all(
    connectors.map(async (connector) => ({
      ...connector,
      capacity: connector.kind === "defender" ? await getCapacity(connector) : null,
    })),
  );
  const sick = feeds.filter(isSick);
  return {
    feeds: { total: feeds.length, sick: sick.length, list: feeds },
    connectors: withCapacity,
    ...facts,
    attention: [
      ...feeds.flatMap(attentionOfFeed),
      ...withCapacity.flatMap((connector) => attentionOfConnector(connector, now)),
      ...unapplied.map(attentionOfUnapplied),
    ],
  };
};

const readFacts = async (tx: Tx, teamId: string) => {
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
      AND (r.finished_at AT TIME ZONE 'UTC')::date = day::date
    GROUP BY day ORDER BY day`;
  return {
    unapplied: await readUnapplied(tx, teamId),
    indicators: { active: byType.reduce((sum, { count }) => sum + count, 0), byType },
    lastRuns: runs.map(toRunView),
    lastPushes: z.array(pushSchema).parse(pushes),
    days: z.array(daySchema).parse(days),
  };
};

const unappliedSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  planId: z.uuid().nullable(),
  changes: z.number().nullable(),
  isStale: z.boolean().nullable(),
});
type Unapplied = z.output<typeof unappliedSchema>;

/** Connectors where a person applies, and has not: a plan waits, was refused as stale, or did not see every change. */
const readUnapplied = async (tx: Tx, teamId: string): Promise<Unapplied[]> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT c.id, c.name, p.id AS "planId", p.changes, p.is_stale AS "isStale"
    FROM connector c JOIN team t ON t.id = c.team_id
    LEFT JOIN LATERAL (
      SELECT id, changes_seen, state = 'stale' AS is_stale,
        CASE WHEN state = 'draft' THEN add + change + remove ELSE 0 END AS changes
      FROM plan WHERE connector_id = c.id ORDER BY created_at DESC LIMIT 1
    ) p ON true
    WHERE c.team_id = ${teamId}::uuid AND c.enabled AND c.deleted_at IS NULL AND c.mode = 'review'
      AND (p.changes > 0 OR p.is_stale OR t.change_count > coalesce(p.changes_seen, 0))
    ORDER BY c.id`;
  return z.array(unappliedSchema).parse(rows);
};

const attentionOfUnapplied = ({ id, name, planId, changes, isStale }: Unapplied): Attention => {
  if (planId !== null && changes !== null && changes > 0) {
    const what = changes === 1 ? "1 change" : `${changes.toLocaleString("en-US")} changes`;
    return {
      kind: "waiting-plan",
      message: `${name}: a plan with ${what} waits to be applied.`,
      path: `plans/${planId}`,
    };
  }
  const why =
    isStale === true ? "its last plan was stale" : "the team’s indicators changed since its last plan";
  return {
    kind: "unplanned",
    message: `${name}: ${why}. Plan, look and apply.`,
    path: `connectors/${id}`,
  };
};

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

const attentionOfFeed = (feed: FeedWithHealth): Attention[] => {
  if (feed.heldRunId !== null) {
    const message = `${feed.name} is held: its last run shrank. Accept the new size or discard the run.`;
    return [{ kind: "held-run", message, path: `runs/${feed.heldRunId}` }];
  }
  if (feed.failureStreak === 0) return [];
  const runs = feed.failureStreak === 1 ? "Its last run" : `Its last ${String(feed.failureStreak)} runs`;
  const message = `${feed.name} fails. ${runs} ended with: ${feed.lastRun?.error?.message ?? "an error."}`;
  return [{ kind: "failing-feed", message, path: `feeds/${feed.id}` }];
};

const DAY_MS = 86_400_000;
/** From here on the expiry of a secret is worth a word every day. */
const SECRET_WARNING_DAYS = 30;

const attentionOfConnector = (
  { id, name, lastTest, lastPush, failed, credential, capacity }: TeamOverview["connectors"][number],
  now: Date,
): Attention[] => {
  const path = `connectors/${id}`;
  const found: Attention[] = [];
  const failedCheck = lastTest?.checks.find(({ ok }) => !ok);
  if (failedCheck) {
    found.push({
      kind: "failed-test",
      message: `${name}: the check “${failedCheck.name}” failed. ${failedCheck.fix}`,
      path,
    });
  }
  if (lastPush?.state === "stopped") {
    found.push({
      kind: "stopped-push",
      message: `${name}: the last push stopped. ${lastPush.message ?? ""}`.trim(),
      path,
    });
  }
  if (failed > 0) {
    found.push({
      kind: "failed-items",
      message: `${name} refused ${failed.toLocaleString("en-US")} indicators; each says why.`,
      path,
    });
  }
  if (capacity?.free === 0) {
    found.push({
      kind: "full",
      message: `${name} is full: ${capacity.limit.toLocaleString("en-US")} indicators stand there.`,
      path,
    });
  }
  const days = credential?.expiresAt
    ? Math.ceil((credential.expiresAt.getTime() - now.getTime()) / DAY_MS)
    : null;
  if (days !== null && days <= SECRET_WARNING_DAYS) {
    const when = days <= 0 ? "has expired" : `expires in ${String(days)} days`;
    found.push({
      kind: "secret-expiry",
      message: `${name}: its ${credential?.kind ?? "secret"} ${when}. Add a new one.`,
      path,
    });
  }
  return found;
};
