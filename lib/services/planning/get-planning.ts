import "server-only";

import { z } from "zod";

import { bulkAsTeam } from "@/lib/db/scope";

import { SILENT_SECONDS } from "./plan-in-sight";

/** How the newest plan of a connector that took long to make stands. */
export type Planning = z.output<typeof planningSchema>;

/**
 * What is told of a plan that is being made at a connector, or of how that ended; null where none took long, or nothing of it says anything
 * any more, since a newer plan was made. One that its maker left, as by a restart, failed.
 */
export const getPlanning = ({ id, teamId }: { id: string; teamId: string }): Promise<Planning | null> =>
  bulkAsTeam(teamId, async (client) => {
    const { rows } = await client.query(
      // By the database's clock, which wrote the times.
      `SELECT id, "by", since, "planId", floor(extract(epoch FROM clock_timestamp() - since))::int AS seconds,
         CASE WHEN is_lost THEN $4 ELSE problem END AS problem,
         CASE WHEN is_lost OR problem IS NOT NULL THEN 'failed' WHEN "endedAt" IS NULL THEN 'under-way' ELSE 'made' END AS state
       FROM (
         SELECT c.id AS connector_id, t.*, t."endedAt" IS NULL AND t."aliveAt" < clock_timestamp() - make_interval(secs => $3) AS is_lost
         FROM connector c CROSS JOIN LATERAL jsonb_to_record(c.planning)
           AS t (id uuid, "by" text, since timestamptz, "aliveAt" timestamptz, "endedAt" timestamptz, "planId" uuid, problem text)
         WHERE c.id = $1 AND c.team_id = $2 AND c.planning IS NOT NULL
       ) told
       WHERE NOT ((is_lost OR "endedAt" IS NOT NULL) AND EXISTS (
         SELECT FROM plan p WHERE p.connector_id = told.connector_id AND p.created_at > coalesce("endedAt", "aliveAt")))`,
      [id, teamId, SILENT_SECONDS, BROKEN_OFF],
    );
    return planningSchema.nullable().parse(rows[0] ?? null);
  });

const BROKEN_OFF = "It was broken off, as by a restart of Sluice. Nothing was sent. Plan again.";

const planningSchema = z.object({
  id: z.string(),
  by: z.string(),
  since: z.date(),
  state: z.enum(["under-way", "made", "failed"]),
  /** For how long, in whole seconds. */
  seconds: z.number(),
  /** Null where there was nothing to plan, too. */
  planId: z.string().nullable(),
  problem: z.string().nullable(),
});
