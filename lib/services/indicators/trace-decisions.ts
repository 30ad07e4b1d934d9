import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { storedSelectionSchema, type Selection } from "@/lib/domain/connector/selection-input";
import type { PolicyNow } from "@/lib/services/planning/explain-now";
import { ITEM_OPERATIONS } from "@/lib/domain/delivery/plan-item-filter";

/** What a connector's newest plan says of one value, what was last sent for it, and by what policy. */
export type TracedDecision = {
  connectorId: string;
  connector: string;
  kind: string;
  team: string;
  isEnabled: boolean;
  /** What the connector takes, as it is set now: null takes all. */
  policy: Selection;
  /** What that makes of the value now; null where the connector was deleted meanwhile. */
  policyNow: PolicyNow | null;
  plan: { id: string; at: Date; state: string } | null;
  /**
   * `kept`: the plan leaves what stands there as it is. `unnamed`: the plan does not name it, as when the value came after it.
   * Null: there is no plan yet.
   */
  outcome: "add" | "change" | "remove" | "blocked" | "kept" | "unnamed" | null;
  code: string | null;
  /** Why, in a sentence of the plan. */
  reason: string | null;
  action: string | null;
  severity: string | null;
  expiresAt: Date | null;
  /** The newest push that held it. */
  push: {
    id: string;
    operation: string;
    state: string;
    reason: string | null;
    at: Date | null;
  } | null;
};

/** As it is read; what the policy makes of the value now is judged afterwards. */
type ReadDecision = Omit<TracedDecision, "policyNow"> & { teamId: string };

/** Reads them for every connector of the teams, by keys alone, however many values a plan holds. */
export const readDecisions = async (
  tx: Tx,
  { indicatorId, teamIds }: { indicatorId: bigint; teamIds: readonly string[] },
): Promise<ReadDecision[]> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT c.team_id AS "teamId", c.id AS "connectorId", c.name AS connector, c.kind::text, team.slug AS team, c.enabled AS "isEnabled",
      c.selection AS policy, p.id AS "planId", p.created_at AS "plannedAt", p.state::text AS "planState", i.operation, i.code,
      i.reason, i.action, i.severity, i.expires_at AS "expiresAt",
      EXISTS (SELECT FROM claim WHERE claim.connector_id = c.id AND claim.indicator_id = ${indicatorId}
        AND claim.created_at <= p.created_at) AS "isClaimed",
      s.push_id AS "pushId", s.operation AS "pushOperation", s.state::text AS "pushState", s.reason AS "pushReason", s.at AS "pushedAt"
    FROM connector c JOIN team ON team.id = c.team_id
    LEFT JOIN LATERAL (
      SELECT id, created_at, state FROM plan WHERE plan.connector_id = c.id
        -- A recall's plan is of some values alone: of others it says nothing.
        AND (NOT plan.partial OR EXISTS (
          SELECT FROM plan_item x WHERE x.plan_id = plan.id AND x.indicator_id = ${indicatorId}))
      ORDER BY created_at DESC LIMIT 1
    ) p ON true
    LEFT JOIN plan_item i ON i.plan_id = p.id AND i.indicator_id = ${indicatorId}
    LEFT JOIN LATERAL (
      SELECT x.push_id, x.operation, x.state, x.reason, coalesce(x.finished_at, x.sent_at) AS at
      FROM push_item x JOIN push ON push.id = x.push_id
      WHERE x.indicator_id = ${indicatorId} AND push.connector_id = c.id ORDER BY push.queued_at DESC LIMIT 1
    ) s ON true
    WHERE c.team_id = ANY (${[...teamIds]}::uuid[]) AND c.deleted_at IS NULL ORDER BY c.name`;
  return rows.map((row) => toDecision(rowSchema.parse(row)));
};

const text = z.string().nullable();
const time = z.date().nullable();
const rowSchema = z.object({
  ...{
    teamId: z.string(),
    connectorId: z.string(),
    connector: z.string(),
    kind: z.string(),
    team: z.string(),
  },
  isEnabled: z.boolean(),
  policy: storedSelectionSchema,
  ...{ planId: text, plannedAt: time, planState: text },
  operation: z.enum(ITEM_OPERATIONS).nullable(),
  ...{ code: text, reason: text, action: text, severity: text, expiresAt: time },
  isClaimed: z.boolean(),
  ...{ pushId: text, pushOperation: text, pushState: text, pushReason: text, pushedAt: time },
});
type Row = z.output<typeof rowSchema>;

const toDecision = (row: Row): ReadDecision => {
  const { teamId, connectorId, connector, kind, team, isEnabled, code, reason, action, severity, expiresAt } =
    row;
  return {
    ...{ teamId, connectorId, connector, kind, team, isEnabled, code, reason, action, severity, expiresAt },
    policy: row.policy,
    plan:
      row.planId !== null && row.plannedAt !== null && row.planState !== null
        ? { id: row.planId, at: row.plannedAt, state: row.planState }
        : null,
    outcome: toOutcome(row),
    push:
      row.pushId !== null && row.pushOperation !== null && row.pushState !== null
        ? {
            id: row.pushId,
            operation: row.pushOperation,
            state: row.pushState,
            reason: row.pushReason,
            at: row.pushedAt,
          }
        : null,
  };
};

const toOutcome = ({ planId, operation, isClaimed }: Row): TracedDecision["outcome"] => {
  if (planId === null) return null;
  if (operation === null) return isClaimed ? "kept" : "unnamed";
  return operation;
};
