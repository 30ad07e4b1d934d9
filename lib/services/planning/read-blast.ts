import "server-only";

import type { PoolClient } from "pg";

import { stepAsSystem } from "@/lib/db/scope";
import { isAction } from "@/lib/domain/connector/actions";
import { STATISTICS_PERMISSIONS, subjectOf } from "@/lib/domain/delivery/prevalence";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { isBlocking, type Blast } from "@/lib/domain/selection/gate";

import type { Columns } from "@/lib/db/columns";
import type { PlanningConnector } from "./planning-connector";
import { readDisputes } from "./read-disputes";

/** The columns that a page of candidates is read with, and the joins that they are of; nothing where there is no gate. */
export type BlastReader = {
  names: readonly (keyof BlastRow)[];
  columns: string;
  joins: (isIn: (id: string) => string) => string;
  toBlast: (found: Partial<Columns<BlastRow>>, place: number, value: Value) => Blast | null;
};

export type BlastRow = {
  devices: number | null;
  wanted_at: string | null;
  asked_at: string | null;
  is_let_through: boolean;
  is_taken_back: boolean;
  standing_action: string | null;
};
const NAMES = [
  ...(["devices", "wanted_at", "asked_at"] as const),
  ...(["is_let_through", "is_taken_back", "standing_action"] as const),
];

type Value = { id: string; type: IndicatorType; value: string };

/** What a connector's gate is asked with. Read once, before its candidates: of other teams only what bears on this one's. */
export const openBlast = async (
  client: PoolClient,
  { teamId, policy, statistics }: PlanningConnector,
): Promise<BlastReader> => {
  const { gate } = policy;
  if (gate === undefined || policy.kind !== "defender") return NO_GATE;
  const findDispute = gate.otherTeams
    ? await stepAsSystem(client, "delivery", () => readDisputes(client, teamId))
    : () => null;
  const missing = statistics?.missing ?? [];
  return {
    names: NAMES,
    columns: `, b.devices, b.wanted_at, b.asked_at, g.id IS NOT NULL AS is_let_through, EXISTS (
         SELECT FROM gate_override e WHERE e.connector_id = $3 AND e.indicator_id = i.id AND e.lifted_at IS NOT NULL
           AND e.settled_at IS NULL) AS is_taken_back,
       c.action AS standing_action`,
    joins: (
      isIn,
    ) => `LEFT JOIN prevalence b ON b.connector_id = $3 AND b.team_id = $2 AND b.indicator_id = i.id AND ${isIn("b.indicator_id")}
     LEFT JOIN gate_override g ON g.connector_id = $3 AND g.team_id = $2 AND g.indicator_id = i.id AND ${isIn("g.indicator_id")}
       AND g.lifted_at IS NULL`,
    toBlast: (found, place, { id, type, value }) => {
      const devices = found.devices?.[place] ?? null;
      const wantedAt = found.wanted_at?.[place] ?? null;
      const standingAction = found.standing_action?.[place] ?? null;
      const isTakenBack = found.is_taken_back?.[place] ?? false;
      const subject = subjectOf(type, value);
      const permission = subject && STATISTICS_PERMISSIONS[subject.kind];
      return {
        devices,
        wantedAt: wantedAt === null ? null : new Date(wantedAt),
        isLetThrough: found.is_let_through?.[place] ?? false,
        isTakenBack,
        isUntold: devices === null && (found.asked_at?.[place] ?? null) !== null,
        missingPermission: permission !== null && missing.includes(permission) ? permission : null,
        // Of what is blocked already nobody is asked.
        dispute: isBlocking(standingAction) && !isTakenBack ? null : findDispute({ id, type, value }),
        standingAction: standingAction !== null && isAction(standingAction) ? standingAction : null,
      };
    },
  };
};

const NO_GATE: BlastReader = { names: [], columns: "", joins: () => "", toBlast: () => null };
