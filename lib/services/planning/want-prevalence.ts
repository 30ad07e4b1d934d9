import "server-only";

import type { PoolClient } from "pg";

import { lookingUp } from "@/lib/db/queries/planning";
import { ASKABLE_TYPES, PREVALENCE_HOURS, STATISTICS_PERMISSIONS } from "@/lib/domain/delivery/prevalence";
import { indicatorTypeCode } from "@/lib/domain/indicator/types";
import { prevalenceAsk } from "@/lib/jobs/prevalence-ask.job";
import { announceSql } from "@/lib/services/outbox/announce";

import type { PlanningConnector } from "./planning-connector";

/** Figures that one plan asks for to show them; where a gate has to know, as many as may be asked for in an hour. */
const SHOWN_PER_PLAN = 200;
const GATED_PER_PLAN = 1_500;

/**
 * Notes of what a staged plan is to block, the newest first, how much of it Defender has still to be asked about, and has it
 * asked. What was told within a day is not asked again.
 */
export const wantPrevalence = async (
  client: PoolClient,
  { id: connectorId, teamId, policy, statistics }: PlanningConnector,
  now: Date,
): Promise<void> => {
  if (policy.kind !== "defender") return;
  const mustKnow = policy.gate !== undefined && policy.gate.maxPrevalence !== null;
  const staleAt = new Date(now.getTime() - PREVALENCE_HOURS * 3_600_000);
  if (!mustKnow && statistics !== null && statistics.at > staleAt && mayAskNothing(statistics.missing))
    return;
  const { rowCount } = await lookingUp(client, () =>
    client.query(
      `INSERT INTO prevalence (connector_id, indicator_id, team_id, wanted_at)
     SELECT $1, s.indicator_id, $2, $5
     FROM plan_stage s JOIN indicator i ON i.id = s.indicator_id
     LEFT JOIN team_indicator t ON t.team_id = $2 AND t.indicator_id = s.indicator_id
     LEFT JOIN prevalence before ON before.connector_id = $1 AND before.team_id = $2 AND before.indicator_id = s.indicator_id
     WHERE s.frame = ANY (ARRAY(
         SELECT number FROM plan_frame WHERE code IN ('waits-for-prevalence', 'too-prevalent')
           OR (operation IN ('add', 'change') AND (is_held OR action IN ('Block', 'BlockAndRemediate')))))
       AND i.type = ANY ($6::smallint[]) AND (before.indicator_id IS NULL OR before.asked_at < $3)
     ORDER BY t.added_at DESC NULLS LAST, s.indicator_id DESC LIMIT $4
     ON CONFLICT (connector_id, indicator_id) DO UPDATE SET wanted_at = excluded.wanted_at`,
      [connectorId, teamId, staleAt, mustKnow ? GATED_PER_PLAN : SHOWN_PER_PLAN, now, TYPE_CODES],
    ),
  );
  if (rowCount) await announceSql(client, prevalenceAsk, { connectorId });
};

const TYPE_CODES = ASKABLE_TYPES.map(indicatorTypeCode);

const mayAskNothing = (missing: readonly string[]): boolean =>
  Object.values(STATISTICS_PERMISSIONS).every((permission) => missing.includes(permission));
