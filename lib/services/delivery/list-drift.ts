import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { isOfLiveNetwork } from "@/lib/db/queries/network-addresses";
import { asTeam } from "@/lib/db/scope";
import { DRIFT_CHOICES } from "@/lib/domain/delivery/drift-choices";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";

export type DriftView = z.output<typeof driftSchema>;

type Options = { limit: number; /** The `next` of the page before. */ after: string | null };

/** What somebody changed or removed at a connector's destination and no plan put right, newest indicators first. */
export const listDrift = async (
  { id, teamId }: { id: string; teamId: string },
  { limit, after }: Options,
): Promise<{ drift: DriftView[]; next: string | null }> => {
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ row: string }[]>`
      SELECT r.indicator_id::text AS row, i.key AS "indicatorId", i.type, i.value, r.drift AS reason, r.changed_at AS "foundAt",
        r.drift_choice AS choice, CASE WHEN c.record_id IS NULL THEN 'removed' ELSE 'changed' END AS what
      FROM receipt r JOIN indicator i ON i.id = r.indicator_id
      LEFT JOIN claim c ON c.connector_id = r.connector_id AND c.indicator_id = r.indicator_id
      LEFT JOIN team_indicator t ON t.team_id = r.team_id AND t.indicator_id = r.indicator_id
      WHERE r.connector_id = ${id}::uuid AND r.team_id = ${teamId}::uuid AND r.drift IS NOT NULL
        AND (c.record_id IS NOT NULL OR (t.active AND t.screened_by IS NULL) OR ${OF_NETWORK})
        AND (${after}::bigint IS NULL OR r.indicator_id < ${after}::bigint)
      ORDER BY r.indicator_id DESC LIMIT ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  return {
    drift: page.map((row) => driftSchema.parse(row)),
    next: rows.length > limit ? (page.at(-1)?.row ?? null) : null,
  };
};

const driftSchema = z.object({
  indicatorId: z.string(),
  type: z.number().transform(indicatorTypeFromCode),
  value: z.string(),
  what: z.enum(["removed", "changed"]),
  reason: z.string(),
  foundAt: z.date(),
  choice: z.enum(DRIFT_CHOICES).nullable(),
});

const OF_NETWORK = Prisma.raw(isOfLiveNetwork("r"));
