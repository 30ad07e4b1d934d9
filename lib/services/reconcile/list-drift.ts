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
        r.drift_choice AS choice, ${KIND} AS what, r.drift_shown->>'by' AS "changedBy", (r.drift_shown->>'at')::timestamptz AS "changedAt"
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

export type DriftKinds = Record<DriftKind | "ignored", number>;

/** How much drifted at a connector's destination, by what it is; what was ignored is counted apart. */
export const countDrift = async ({ id, teamId }: { id: string; teamId: string }): Promise<DriftKinds> => {
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ what: string; count: number }[]>`
      SELECT CASE WHEN r.drift_choice = 'ignore' THEN 'ignored' ELSE ${KIND} END AS what, count(*)::int AS count
      ${DRIFTED} AND r.connector_id = ${id}::uuid AND r.team_id = ${teamId}::uuid GROUP BY 1`,
  );
  const counts = new Map(rows.map(({ what, count }) => [what, count]));
  return countsSchema.parse(Object.fromEntries(COUNTED.map((what) => [what, counts.get(what) ?? 0])));
};

const COUNTED = [...DRIFT_KINDS, "ignored"] as const;
const countsSchema = z.record(z.enum(COUNTED), z.number());

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
});
