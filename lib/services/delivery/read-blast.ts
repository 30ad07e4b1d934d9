import "server-only";

import type { PoolClient } from "pg";

import { stepAsSystem } from "@/lib/db/scope";
import { isAction } from "@/lib/domain/connector/actions";
import { STATISTICS_PERMISSIONS, subjectOf } from "@/lib/domain/delivery/prevalence";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { Blast } from "@/lib/domain/selection/gate";

import type { PlanningConnector } from "./planning-connector";
import { readDisputes } from "./read-disputes";

/** The columns that a page of candidates is read with, and the joins that they are of; nothing where there is no gate. */
export type BlastReader = {
  columns: string;
  joins: string;
  toBlast: (row: BlastRow & { id: string }, type: IndicatorType, value: string) => Blast | null;
};

export type BlastRow = {
  /** These only where the connector has a gate. */
  devices?: number | null;
  wantedAt?: Date | null;
  askedAt?: Date | null;
  isLetThrough?: boolean;
  isTakenBack?: boolean;
  standingAction?: string | null;
};

/** What a connector's gate is asked with. Read once, before its candidates: of other teams only what bears on this one's. */
export const openBlast = async (
  client: PoolClient,
  { teamId, policy, statistics }: PlanningConnector,
): Promise<BlastReader> => {
  const { gate } = policy;
  if (gate === undefined || policy.kind !== "defender") return NO_GATE;
  const disputes = gate.otherTeams
    ? await stepAsSystem(client, "delivery", () => readDisputes(client, teamId))
    : new Map<string, string>();
  const missing = statistics?.missing ?? [];
  return {
    columns: `, b.devices, b.wanted_at AS "wantedAt", b.asked_at AS "askedAt", o.id IS NOT NULL AS "isLetThrough", EXISTS (
         SELECT FROM gate_override e WHERE e.connector_id = $3 AND e.indicator_id = i.id AND e.lifted_at IS NOT NULL) AS "isTakenBack",
       c.action AS "standingAction"`,
    joins: `LEFT JOIN prevalence b ON b.connector_id = $3 AND b.team_id = $2 AND b.indicator_id = i.id
     LEFT JOIN gate_override o ON o.connector_id = $3 AND o.team_id = $2 AND o.indicator_id = i.id AND o.lifted_at IS NULL`,
    toBlast: (row, type, value) => {
      const { id, devices = null, wantedAt = null, askedAt = null } = row;
      const { isLetThrough = false, isTakenBack = false, standingAction = null } = row;
      const subject = subjectOf(type, value);
      const permission = subject && STATISTICS_PERMISSIONS[subject.kind];
      return {
        ...{ devices, wantedAt, isLetThrough, isTakenBack },
        isUntold: askedAt !== null && devices === null,
        missingPermission: permission !== null && missing.includes(permission) ? permission : null,
        dispute: disputes.get(id) ?? null,
        standingAction: standingAction !== null && isAction(standingAction) ? standingAction : null,
      };
    },
  };
};

const NO_GATE: BlastReader = { columns: "", joins: "", toBlast: () => null };
