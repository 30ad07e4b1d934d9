import "server-only";

import { createHash } from "node:crypto";

import type { PoolClient } from "pg";
import { z } from "zod";

import { canonicalJson } from "@/lib/domain/canonical-json";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { storedGateSchema } from "@/lib/domain/connector/gate-input";
import { CONNECTOR_KINDS, CONNECTOR_MODES } from "@/lib/domain/connector/kinds";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { storedSelectionSchema } from "@/lib/domain/connector/selection-input";
import { DRIFT_MODES, type DriftMode } from "@/lib/domain/delivery/drift-choices";
import { loosenedSchema, type Loosened } from "@/lib/domain/delivery/loosened";
import type { Templates } from "@/lib/domain/delivery/templates";
import { storedPlanLimitsSchema, type PlanLimits } from "@/lib/domain/delivery/plan-limits";
import { AppError } from "@/lib/domain/errors";
import { expiryByTypeSchema } from "@/lib/domain/feed/expiry-settings";
import { describePolicy, type Policy } from "@/lib/domain/selection/policy";
import { readStatistics, type Statistics } from "@/lib/services/connectors/statistics";

export type PlanningConnector = {
  id: string;
  teamId: string;
  destinationId: string;
  name: string;
  mode: (typeof CONNECTOR_MODES)[number];
  enabled: boolean;
  /** Beyond these a plan needs a second person. */
  approval: PlanLimits | null;
  /** Who raised these, and what held before. */
  loosened: Loosened | null;
  /** What an automatic connector applies by itself. */
  automaticLimits: PlanLimits | null;
  team: { slug: string; name: string };
  /** How often the team's indicators had changed when this was read: what is read from then on holds all of that. */
  changeCount: number;
  /** Whether its Defender tenant takes MD5; null: nobody tried. */
  acceptsMd5: boolean | null;
  policy: Policy;
  driftMode: DriftMode;
  /** What Defender said when it was last asked how widely something is seen. */
  statistics: Statistics | null;
};

/** Of how many addresses a network may be that the connector sends as its addresses; 0: it sends none so. */
export const networksUpTo = ({ policy }: Pick<PlanningConnector, "policy">): number =>
  policy.kind === "defender" ? policy.selection.expandNetworksUpTo : 0;

type Options = { connectorId: string; teamId: string; isLocked?: boolean };

/** A connector with its policy; `isLocked` keeps it from changing until the transaction ends. Throws `not_found` for a deleted one. */
export const readPlanningConnector = async (
  client: PoolClient,
  options: Options,
): Promise<PlanningConnector> => {
  const found = await findPlanningConnector(client, options);
  if (!found) throw new AppError("not_found", "There is no such connector.");
  return found;
};

/** The same, and null for a deleted one. */
export const findPlanningConnector = async (
  client: PoolClient,
  { connectorId, teamId, isLocked = false }: Options,
): Promise<PlanningConnector | null> => {
  const { rows } = await client.query(
    `SELECT c.id, c.team_id, c.destination_id, c.name, c.mode, c.enabled, c.approval, c.approval_loosened, c.automatic_limits, c.kind, c.action, c.severity, c.expiry_days,
       c.expiry_by_type, c.rules, c.title_template, c.description_template, c.device_groups, c.selection, c.drift_mode, c.gate, c.statistics,
       d.accepts_md5, t.slug, t.name AS team_name, t.change_count
     FROM connector c JOIN team t ON t.id = c.team_id JOIN destination d ON d.id = c.destination_id
     WHERE c.id = $1 AND c.team_id = $2 AND c.deleted_at IS NULL ${isLocked ? LOCKED : ""}`,
    [connectorId, teamId],
  );
  const [found] = rows as unknown[];
  if (!found) return null;
  const row = rowSchema.parse(found);
  return {
    id: row.id,
    teamId: row.team_id,
    destinationId: row.destination_id,
    name: row.name,
    mode: row.mode,
    enabled: row.enabled,
    approval: row.approval,
    loosened: row.approval_loosened,
    automaticLimits: row.automatic_limits,
    team: { slug: row.slug, name: row.team_name },
    changeCount: row.change_count,
    driftMode: row.drift_mode,
    acceptsMd5: row.accepts_md5,
    statistics: readStatistics(row.statistics),
    policy: {
      kind: row.kind,
      action: row.action,
      severity: row.severity,
      expiryDays: row.expiry_days,
      expiryByType: row.expiry_by_type,
      rules: row.rules,
      deviceGroups: row.device_groups,
      selection: row.selection,
      templates: toTemplates(row),
      gate: row.gate ?? undefined,
    },
  };
};

/** Not against those who only name it: a batch that is written down names it in claims, and holds receipts. */
const LOCKED = "FOR NO KEY UPDATE OF c";

/**
 * Tells policies apart, and the destinations they are for: what was reviewed for one must not go to another. A plan that
 * withdraws all has a policy of its own, so that it is checked by its own rule.
 */
export const hashPolicy = (
  { policy, destinationId }: Pick<PlanningConnector, "policy" | "destinationId">,
  isWithdrawal: boolean,
): string =>
  createHash("sha256")
    .update(canonicalJson({ policy: describePolicy(policy), destinationId, isWithdrawal }))
    .digest("hex");

/** Whether a plan of that policy takes everything back; null when the policy is no longer the connector's. */
export const readIsWithdrawal = (connector: PlanningConnector, policyHash: string): boolean | null => {
  if (policyHash === hashPolicy(connector, true)) return true;
  return policyHash === hashPolicy(connector, false) ? false : null;
};

const toTemplates = (row: z.output<typeof rowSchema>): Templates | undefined => {
  const { title_template: title, description_template: description } = row;
  return title === null && description === null ? undefined : { title, description };
};

const rowSchema = z.object({
  id: z.string(),
  team_id: z.string(),
  destination_id: z.string(),
  name: z.string(),
  mode: z.enum(CONNECTOR_MODES),
  enabled: z.boolean(),
  approval: storedPlanLimitsSchema,
  approval_loosened: loosenedSchema.nullable(),
  automatic_limits: storedPlanLimitsSchema,
  kind: z.enum(CONNECTOR_KINDS),
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiry_days: z.number().nullable(),
  expiry_by_type: expiryByTypeSchema,
  rules: rulesSchema,
  title_template: z.string().nullable(),
  description_template: z.string().nullable(),
  device_groups: z.array(z.string()),
  selection: storedSelectionSchema,
  accepts_md5: z.boolean().nullable(),
  slug: z.string(),
  team_name: z.string(),
  change_count: z.number(),
  drift_mode: z.enum(DRIFT_MODES),
  gate: storedGateSchema,
  statistics: z.unknown(),
});
