import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { isOfLiveNetwork } from "@/lib/db/queries/network-addresses";
import { asTeam } from "@/lib/db/scope";
import { DRIFT_CHOICES, DRIFT_KINDS, type DriftKind } from "@/lib/domain/delivery/drift-choices";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";

export type DriftView = z.output<typeof driftSchema>;

type Options = {
  /** Only of these kinds. */
  kind?: DriftKind | undefined;
  limit: number;
  /** The `next` of the page before. */
  after: string | null;
};

/** What somebody changed or removed at a connector's destination and no plan put right, newest indicators first. */
export const listDrift = async (
  { id, teamId }: { id: string; teamId: string },
  { kind, limit, after }: Options,
): Promise<{ drift: DriftView[]; next: string | null }> => {
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ row: string }[]>`
      SELECT r.indicator_id::text AS row, i.key AS "indicatorId", i.type, i.value, r.drift AS reason, r.changed_at AS "foundAt",
        r.drift_choice AS choice, ${KIND} AS what, r.drift_shown->>'by' AS "changedBy", (r.drift_shown->>'at')::timestamptz AS "changedAt",
        ${UNDER_WAY} AS "pushId", ${PLANNED} AS "planId"
      ${DRIFTED} AND r.connector_id = ${id}::uuid AND r.team_id = ${teamId}::uuid
        AND (${kind ?? null}::text IS NULL OR ${kind ?? null}::text = ${KIND})
        AND (${after}::bigint IS NULL OR r.indicator_id < ${after}::bigint)
      ORDER BY r.indicator_id DESC LIMIT ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  return {
    drift: page.map((row) => driftSchema.parse(row)),
    next: rows.length > limit ? (page.at(-1)?.row ?? null) : null,
  };
};

/** `decided`: to be put right by somebody's decision, counted with its kind as well. */
export type DriftKinds = Record<DriftKind | "ignored" | "decided", number>;

/** How much drifted at a connector's destination, by what it is; what was ignored is counted apart. */
export const countDrift = async ({ id, teamId }: { id: string; teamId: string }): Promise<DriftKinds> => {
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ what: string; count: number; decided: number }[]>`
      SELECT CASE WHEN r.drift_choice = 'ignore' THEN 'ignored' ELSE ${KIND} END AS what, count(*)::int AS count,
        count(*) FILTER (WHERE r.drift_choice = 'restore')::int AS decided
      ${DRIFTED} AND r.connector_id = ${id}::uuid AND r.team_id = ${teamId}::uuid GROUP BY 1`,
  );
  const counts = new Map(rows.map(({ what, count }) => [what, count]));
  const decided = rows.reduce((sum, row) => sum + row.decided, 0);
  const byKind = Object.fromEntries(COUNTED.map((what) => [what, counts.get(what) ?? 0]));
  return { ...countsSchema.parse(byKind), decided };
};

const COUNTED = [...DRIFT_KINDS, "ignored"] as const;
const countsSchema = z.record(z.enum(COUNTED), z.number());

/** The push that is about to put it right. */
const UNDER_WAY = Prisma.sql`(
  SELECT p.id FROM push_item x JOIN push p ON p.id = x.push_id
  WHERE x.indicator_id = r.indicator_id AND p.connector_id = r.connector_id AND p.state IN ('queued', 'running')
    AND x.state IN ('pending', 'sending') ORDER BY p.queued_at LIMIT 1)`;
/** The connector's newest plan, where it would put it right. */
const PLANNED = Prisma.sql`(
  SELECT p.id FROM (
    SELECT id, state FROM plan WHERE plan.connector_id = r.connector_id AND NOT plan.partial
    ORDER BY created_at DESC LIMIT 1
  ) p JOIN plan_item x ON x.plan_id = p.id AND x.indicator_id = r.indicator_id AND x.operation <> 'blocked'
  WHERE p.state = 'draft')`;

const OF_NETWORK = Prisma.raw(isOfLiveNetwork("r"));

// What is no longer wanted needs no plan, and is left out.
const DRIFTED = Prisma.sql`
  FROM receipt r JOIN indicator i ON i.id = r.indicator_id
  LEFT JOIN claim c ON c.connector_id = r.connector_id AND c.indicator_id = r.indicator_id
  LEFT JOIN team_indicator t ON t.team_id = r.team_id AND t.indicator_id = r.indicator_id
  WHERE r.drift IS NOT NULL AND (c.record_id IS NOT NULL OR (t.active AND t.screened_by IS NULL) OR ${OF_NETWORK})`;

/** What a comparison noted; what an older one did not, the claim tells. */
const KIND = Prisma.sql`coalesce(r.drift_shown->>'kind', CASE WHEN c.record_id IS NULL THEN 'removed' ELSE 'changed' END)`;

const driftSchema = z.object({
  indicatorId: z.string(),
  type: z.number().transform(indicatorTypeFromCode),
  value: z.string(),
  what: z.enum(DRIFT_KINDS),
  reason: z.string(),
  foundAt: z.date(),
  /** As far as the destination tells. */
  changedBy: z.string().nullable(),
  changedAt: z.date().nullable(),
  choice: z.enum(DRIFT_CHOICES).nullable(),
  /** The push under way, or the newest plan to be applied, that puts it right. */
  pushId: z.string().nullable(),
  planId: z.string().nullable(),
});
