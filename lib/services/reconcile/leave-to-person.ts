import "server-only";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { describeLoosened } from "@/lib/domain/delivery/loosened";
import { findExcess } from "@/lib/domain/delivery/plan-limits";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import type { MadePlan } from "@/lib/services/planning/create-plan";
import { measureNow, readAppliedAlone } from "@/lib/services/planning/limits-now";
import { readPlanningConnector, type PlanningConnector } from "@/lib/services/planning/planning-connector";

/**
 * Leaves a plan of an automatic connector to a person where it is more than the connector applies by itself, or may be applied
 * by one person alone; null for one that is not. The plan that waits already stays, with what somebody approved of it, where
 * the new one is equal.
 */
export const leaveToPerson = async (
  made: MadePlan,
  teamId: string,
): Promise<{ planId: string; reason: string } | null> =>
  bulkAsTeam(teamId, async (client) => {
    const { id, connectorId, hash, counts } = made;
    const connector = await readPlanningConnector(client, { connectorId, teamId });
    const reason = await findExcessOf(client, connector, made);
    if (reason === null) return null;
    const equal = await findWaiting(client, { connectorId, teamId, hash });
    if (equal !== null) {
      // It has seen no less than the new one, which says the same, and remembers what that found: the new one does not stay.
      await client.query(
        `UPDATE plan old SET waits_because = $3, changes_seen = new.changes_seen, created_at = new.created_at,
           keep = new.keep, blocked = new.blocked, memory = coalesce(new.memory, old.memory),
           -- Beside less that stays, what was approved is more than it was.
           approved_at = CASE WHEN new.keep < old.keep THEN NULL ELSE old.approved_at END,
           approved_by = CASE WHEN new.keep < old.keep THEN NULL ELSE old.approved_by END
         FROM plan new WHERE old.id = $1 AND new.id = $2`,
        [equal, id, reason],
      );
      await client.query("UPDATE plan SET memory = NULL WHERE id = $1", [id]);
      return { planId: equal, reason };
    }
    await client.query("UPDATE plan SET waits_because = $2 WHERE id = $1", [id, reason]);
    const subject = { type: "plan", id };
    const detail = { connector: connector.name, connectorId, reason, ...counts };
    await recordAuditSql(client, { teamId, doer: SYSTEM, action: "plan.wait", subject, detail });
    return { planId: id, reason };
  });

/** Whether an automatic connector applies as much as this by itself, beside what it applied so within the last hour. */
export const isWithinLimits = async (
  client: PoolClient,
  connector: PlanningConnector,
  plan: Planned,
): Promise<boolean> => (await findExcessOf(client, connector, plan)) === null;

type Planned = Parameters<typeof measureNow>[2]["plan"];

const findExcessOf = async (
  client: PoolClient,
  { id, approval, loosened, automaticLimits, policy: { kind } }: PlanningConnector,
  plan: Planned,
): Promise<string | null> => {
  const reasons = kind === "defender" ? await findAllowed(client, { connectorId: id, planId: plan.id }) : [];
  if (approval === null && automaticLimits === null && loosened === null) return toReason(reasons);
  const limits = [approval, automaticLimits, loosened?.former];
  const counts = await measureNow(client, { id, kind }, { plan, limits });
  const earlier = (await readAppliedAlone(client, { id, kind })).get(null);
  const former = findExcess(loosened?.former ?? null, counts, { earlier });
  if (loosened && former.length > 0) former.push(describeLoosened(loosened));
  return toReason([
    ...reasons,
    ...findExcess(automaticLimits, counts, { of: "automatic", earlier }),
    ...findExcess(approval, counts, { earlier }),
    ...former,
  ]);
};

const toReason = (sentences: readonly string[]): string | null =>
  sentences.length === 0 ? null : [...new Set(sentences)].join(" ");

/**
 * What switches off what Defender finds itself is never done without a person, nor on other devices than before. What is Allowed
 * already stays so.
 */
const findAllowed = async (
  client: PoolClient,
  { connectorId, planId }: { connectorId: string; planId: string },
): Promise<string[]> => {
  // By what stands: a change has one reason alone, and its device groups come before its action.
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM plan_item p
     LEFT JOIN claim c ON c.connector_id = $1 AND c.indicator_id = p.indicator_id
       AND c.action = 'Allowed' AND c.content->'deviceGroups' IS NOT DISTINCT FROM p.content->'deviceGroups'
     WHERE p.plan_id = $2 AND p.action = 'Allowed' AND p.operation IN ('add', 'change') AND c.record_id IS NULL`,
    [connectorId, planId],
  );
  const count = rows[0]?.count ?? 0;
  if (count === 0) return [];
  const what = count === 1 ? "1 record" : `${count.toLocaleString("en-US")} records`;
  return [`It makes ${what} Allowed, which is never done without a person.`];
};

type Wanted = { connectorId: string; teamId: string; hash: string };

const findWaiting = async (
  client: PoolClient,
  { connectorId, teamId, hash }: Wanted,
): Promise<string | null> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM plan WHERE connector_id = $1 AND team_id = $2 AND hash = $3 AND state = 'draft' AND NOT partial
       AND created_by IS NULL AND waits_because IS NOT NULL ORDER BY created_at DESC LIMIT 1 FOR UPDATE`,
    [connectorId, teamId, hash],
  );
  return rows[0]?.id ?? null;
};
