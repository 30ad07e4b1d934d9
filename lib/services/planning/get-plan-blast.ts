import "server-only";

import { asTeam } from "@/lib/db/scope";
import { GATE_CODES } from "@/lib/domain/selection/codes";

import type { PlanView } from "./plan-view";

/** How far what a plan is to block is seen in its tenant. */
export type PlanBlast = {
  /** What it would block, with what the gate keeps back. */
  toBlock: number;
  /** Of that: what Defender told a figure of, what devices saw, and by how many devices the widest. */
  told: number;
  seen: number;
  mostDevices: number;
  /** What the gate waits for and is told by now: the next plan goes by it. */
  toldSince: number;
};

/** Sums up the blast radius of a plan; null where it blocks nothing, or is not to be applied any more. */
export const getPlanBlast = async ({ id, teamId, state }: PlanView): Promise<PlanBlast | null> => {
  if (state !== "draft") return null;
  const [blast] = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<PlanBlast[]>`
      SELECT count(*)::int AS "toBlock", count(b.devices)::int AS told, count(*) FILTER (WHERE b.devices > 0)::int AS seen,
        coalesce(max(b.devices), 0)::int AS "mostDevices",
        count(*) FILTER (WHERE p.code = 'waits-for-prevalence' AND b.asked_at > plan.created_at)::int AS "toldSince"
      FROM plan_item p JOIN plan ON plan.id = p.plan_id
      LEFT JOIN prevalence b ON b.connector_id = plan.connector_id AND b.team_id = p.team_id AND b.indicator_id = p.indicator_id
      WHERE p.plan_id = ${id}::uuid AND p.team_id = ${teamId}::uuid
        AND (p.action IN ('Block', 'BlockAndRemediate') OR p.code = ANY (${[...GATE_CODES]}::text[]))`,
  );
  return blast && blast.toBlock > 0 ? blast : null;
};
