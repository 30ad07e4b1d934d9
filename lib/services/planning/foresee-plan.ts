import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import type { PlanOverlap } from "@/lib/domain/delivery/plan-overlap";
import { foreseeStanding, type Standing } from "@/lib/domain/delivery/standing";
import { recordScope } from "@/lib/domain/selection/policy";

import { readClaimants } from "@/lib/services/reconcile/read-claimants";

type Own = { connectorId: string; teamId: string };
type Item = { operation: string; action: string | null; severity: string | null; expiresAt: Date | null };

/** What each item of a page leaves standing where others claim the record, as it stands now: their wishes are no part of a plan. */
export const foreseeItems = async (
  own: Own,
  page: readonly { row: string; deviceGroups: readonly string[] | null; item: Item }[],
): Promise<ReadonlyMap<string, Standing>> => {
  const planned = page.filter(({ item }) => item.operation !== "blocked");
  if (planned.length === 0) return new Map();
  const { kind, byIndicator } = await readClaimants(
    own,
    // What is removed is what the connector claims; all else is to stand where the plan says.
    planned.map(({ row, deviceGroups, item }) =>
      item.operation === "remove" ? { row } : { row, deviceGroups },
    ),
  );
  return new Map(
    planned.flatMap(({ row, item }) => {
      const { others = [], mine: before = null } = byIndicator.get(row) ?? {};
      const standing = foreseeStanding({ kind, mine: wishOf(item), before, others });
      return standing ? [[row, standing] as const] : [];
    }),
  );
};

const wishOf = ({ operation, ...wish }: Item) => (operation === "remove" ? null : wishSchema.parse(wish));

const wishSchema = z.object({
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiresAt: z.date(),
});

/** Whether anybody else sends to a connector's destination: where nobody does, nothing stands beside what it plans. */
export const isShared = ({ connectorId, teamId }: Own): Promise<boolean> =>
  asSystem("delivery", async (tx) => (await readShared(tx, { connectorId, teamId })) !== null);

type Shared = { destinationId: string; kind: string; deviceGroups: string[] };

const readShared = async (tx: Tx, { connectorId, teamId }: Own): Promise<Shared | null> => {
  const [shared] = await tx.$queryRaw<Shared[]>`
    SELECT c.destination_id AS "destinationId", c.kind::text, c.device_groups AS "deviceGroups" FROM connector c
    WHERE c.id = ${connectorId}::uuid AND c.team_id = ${teamId}::uuid AND EXISTS (
      SELECT FROM connector o WHERE o.destination_id = c.destination_id AND o.id <> c.id AND o.deleted_at IS NULL)`;
  return shared ?? null;
};

const NOTHING: PlanOverlap = { joins: 0, stricter: 0, raises: 0, lowers: 0 };

/** Counts them in one statement, as the records stand now; where nobody else sends to the destination, nothing is looked for. */
export const countOverlap = async (plan: Own & { id: string }): Promise<PlanOverlap> =>
  asSystem("delivery", async (tx) => {
    const shared = await readShared(tx, plan);
    if (!shared) return NOTHING;
    const [actions, severities] = [[...ACTIONS], [...SEVERITIES]];
    const [counts] = await tx.$queryRaw<unknown[]>`
      SELECT count(*) FILTER (WHERE operation = 'add' AND so_far_action IS NULL)::int AS joins,
        count(*) FILTER (WHERE wanted_action < action OR wanted_severity < severity)::int AS stricter,
        count(*) FILTER (WHERE greatest(action, wanted_action) > greatest(action, so_far_action)
          OR greatest(severity, wanted_severity) > greatest(severity, so_far_severity))::int AS raises,
        count(*) FILTER (WHERE greatest(action, wanted_action) < greatest(action, so_far_action)
          OR greatest(severity, wanted_severity) < greatest(severity, so_far_severity))::int AS lowers
      FROM (
        SELECT p.operation, array_position(${actions}::text[], p.action) AS wanted_action,
          array_position(${severities}::text[], p.severity) AS wanted_severity,
          max(array_position(${actions}::text[], c.action)) FILTER (WHERE c.connector_id <> ${plan.connectorId}::uuid) AS action,
          max(array_position(${severities}::text[], c.severity)) FILTER (WHERE c.connector_id <> ${plan.connectorId}::uuid) AS severity,
          max(array_position(${actions}::text[], c.action)) FILTER (WHERE c.connector_id = ${plan.connectorId}::uuid) AS so_far_action,
          max(array_position(${severities}::text[], c.severity)) FILTER (WHERE c.connector_id = ${plan.connectorId}::uuid) AS so_far_severity
        FROM plan_item p
        JOIN remote_record r ON r.destination_id = ${shared.destinationId}::uuid AND r.indicator_id = p.indicator_id
          AND r.state IN ('live', 'orphaned') AND CASE
            WHEN p.operation = 'remove' THEN EXISTS (
              SELECT FROM claim own WHERE own.record_id = r.id AND own.connector_id = ${plan.connectorId}::uuid)
            -- A rule may name other device groups than the connector: that is another record.
            WHEN p.content ? 'deviceGroups' THEN r.scope <> '' AND r.scope::jsonb = p.content->'deviceGroups'
            ELSE r.scope = ${recordScope(shared.deviceGroups)} END
        JOIN claim c ON c.record_id = r.id
        WHERE p.plan_id = ${plan.id}::uuid AND p.team_id = ${plan.teamId}::uuid AND p.operation <> 'blocked'
        GROUP BY p.indicator_id, p.operation, p.action, p.severity
      ) item WHERE action IS NOT NULL`;
    const { joins, ...changes } = overlapSchema.parse(counts);
    // Sentinel's records carry no action: who joins one changes nothing for others.
    return shared.kind === "defender" ? { joins, ...changes } : { ...NOTHING, joins };
  });

const overlapSchema = z.object({
  joins: z.number(),
  stricter: z.number(),
  raises: z.number(),
  lowers: z.number(),
});
