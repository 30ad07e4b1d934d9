import "server-only";

import type { PoolClient } from "pg";

import { isLeftWaiting, isWaiting } from "@/lib/db/queries/waiting-pushes";
import type { Doer } from "@/lib/domain/access/actor";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

type Stopping = { connectorId: string; teamId: string; doer: Doer; now: Date };

/** Stops what waits for its destination, or for sending to be switched on: a newer plan takes its place. */
export const stopWaiting = async (
  client: PoolClient,
  { connectorId, teamId, doer, now }: Stopping,
): Promise<void> => {
  // What is open of it comes before the push itself, as for everybody.
  await client.query(
    `SELECT FROM push p JOIN push_item i ON i.push_id = p.id AND i.state IN ('pending', 'sending')
     WHERE p.connector_id = $1 AND NOT p.urgent AND ${isLeftWaiting("p")}
     ORDER BY i.indicator_id FOR UPDATE OF i`,
    [connectorId],
  );
  const { rows } = await client.query<{ id: string; message: string }>(
    `UPDATE push SET state = 'stopped', message = CASE WHEN waiting_since IS NULL THEN $3 ELSE $2 END, finished_at = $4,
       wake_at = NULL, failures = 0, waiting_since = NULL
     WHERE connector_id = $1 AND NOT urgent AND ${isLeftWaiting("push")}
     RETURNING id, message`,
    [connectorId, WAITED_IN_VAIN, SWITCHED_OFF, now],
  );
  for (const { id, message } of rows) {
    const subject = { type: "push", id };
    const detail = { connectorId, message };
    await recordAuditSql(client, { teamId, doer, action: "push.stop", subject, detail }, now);
  }
};

const WAITED_IN_VAIN = "It waited for its destination when a newer plan was applied.";
const SWITCHED_OFF = "Sending was switched off when a newer plan was applied.";

/**
 * Ends what stopped pushes of a connector still had to send: the plan that is applied now holds all of that which is still
 * wanted. Their receipts say again what stands. What was sent without an answer stays open until that plan's push settles it.
 */
export const supersedePushes = async (client: PoolClient, connectorId: string, now: Date): Promise<void> => {
  await client.query(
    `WITH dropped AS (
       UPDATE push_item i SET state = 'skipped', reason = $2, finished_at = $3 FROM push p
       WHERE p.connector_id = $1 AND p.state = 'stopped' AND i.push_id = p.id AND i.state = 'pending'
       RETURNING i.push_id, i.indicator_id
     ), counted AS (
       UPDATE push SET skipped = skipped + d.count
       FROM (SELECT push_id, count(*)::int AS count FROM dropped GROUP BY push_id) d WHERE push.id = d.push_id
     ), locked AS (
       SELECT r.indicator_id, c.record_id IS NOT NULL AS is_standing
       FROM receipt r JOIN dropped d ON d.indicator_id = r.indicator_id AND d.push_id = r.push_id
       LEFT JOIN claim c ON c.connector_id = $1 AND c.indicator_id = r.indicator_id
       WHERE r.connector_id = $1 ORDER BY r.indicator_id FOR UPDATE OF r
     )
     UPDATE receipt r SET changed_at = $3, reason = CASE WHEN NOT l.is_standing AND r.removed_at IS NULL THEN $2 END,
       state = (CASE WHEN NOT l.is_standing AND r.removed_at IS NOT NULL THEN 'withdrawing' WHEN NOT l.is_standing THEN 'skipped' WHEN r.visible_at IS NULL THEN 'accepted' ELSE 'visible' END)::receipt_state
     FROM locked l WHERE r.connector_id = $1 AND r.indicator_id = l.indicator_id`,
    [connectorId, SUPERSEDED, now],
  );
};

const SUPERSEDED = "A newer plan was applied before it was sent.";

type Plan = { id: string; connectorId: string };

/** From now on this plan alone decides about its values: what other pushes of the connector still hold of them is older. */
export const overtake = (client: PoolClient, plan: Plan): Promise<void> =>
  markOvertaken(client, plan, "p.state <> 'done'");

/**
 * What urgent pushes that wait still hold of its values, and would put there otherwise than this plan of everything does, is older: the
 * plan was just judged once more. What they take away is asked about when it goes.
 */
export const overtakeWaiting = (client: PoolClient, plan: Plan): Promise<void> =>
  markOvertaken(
    client,
    plan,
    `p.urgent AND ${isWaiting("p")} AND (held.operation <> 'remove' OR held.moves)
       AND n.desired_hash IS DISTINCT FROM (
         SELECT o.desired_hash FROM plan_item o WHERE o.plan_id = p.plan_id AND o.indicator_id = held.indicator_id)`,
  );

/** `which`: of pushes `p`, their items `held` and the plan's items `n`. */
const markOvertaken = async (client: PoolClient, { id, connectorId }: Plan, which: string): Promise<void> => {
  await client.query(
    `UPDATE push_item i SET overtaken = true
     FROM (
       -- In the order in which a request that leaves marks them, so that neither waits for the other in a circle.
       SELECT held.push_id, held.indicator_id FROM push p JOIN push_item held ON held.push_id = p.id
       JOIN plan_item n ON n.plan_id = $2 AND n.operation <> 'blocked' AND n.indicator_id = held.indicator_id
       WHERE p.connector_id = $1 AND held.state IN ('pending', 'sending') AND ${which}
       ORDER BY held.push_id, held.indicator_id FOR UPDATE OF held
     ) older WHERE i.push_id = older.push_id AND i.indicator_id = older.indicator_id`,
    [connectorId, id],
  );
};
