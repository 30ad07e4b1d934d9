import "server-only";

import type { PoolClient } from "pg";

import { hasUrgentUnderWay } from "@/lib/db/queries/waiting-pushes";
import { asSystem, bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { MOST_URGENT } from "./announce-urgent";
import { applyPlan } from "./apply-plan";
import { createPlan } from "./create-plan";
import { dropPlans } from "./drop-plans";
import { isWithinLimits } from "@/lib/services/reconcile/leave-to-person";
import type { AutomaticOutcome } from "./plan-and-apply";
import { readPlanningConnector } from "./planning-connector";

/**
 * Plans what people saved and nothing else, and applies it as a push that goes before all ordinary ones, for a connector whose mode
 * is automatic. One such push at a time: what is saved meanwhile goes together with the next, and does not wait for one that waits for its
 * destination. Safe to call at any time, twice, or for any connector.
 */
export const planUrgent = async (connectorId: string): Promise<AutomaticOutcome> => {
  const connector = await asSystem("delivery", (tx) =>
    tx.connector.findFirst({
      where: { id: connectorId },
      select: { teamId: true, mode: true, enabled: true, deletedAt: true },
    }),
  );
  if (!connector) return { status: "left", reason: "There is no such connector." };
  const { teamId, mode, enabled, deletedAt } = connector;
  const isAutomatic = mode === "automatic" && enabled && deletedAt === null;
  const asked = await bulkAsTeam(teamId, (client) => readAsked(client, { connectorId, isAutomatic }));
  if (!isAutomatic) return { status: "left", reason: "The connector is not automatic." };
  if (asked === null) return { status: "left", reason: "An urgent push is under way." };
  if (asked.length === 0) return { status: "unchanged" };
  const outcome = await planThese(connectorId, teamId, asked);
  await bulkAsTeam(teamId, async (client) => {
    await forget(client, connectorId, asked);
    // Nobody's end announces the ordinary plan, which waited for this one.
    if (outcome.status !== "applied") await announceSql(client, connectorPlan, { connectorId });
  });
  await relayOutbox();
  return outcome;
};

type Asked = { id: string; askedAt: Date };

/** What waits, in the order of its numbers; null while an urgent push is under way, whose end asks again. */
const readAsked = async (
  client: PoolClient,
  { connectorId, isAutomatic }: { connectorId: string; isAutomatic: boolean },
): Promise<Asked[] | null> => {
  if (!isAutomatic) {
    await client.query("DELETE FROM urgent_item WHERE connector_id = $1", [connectorId]);
    return [];
  }
  const { rows: open } = await client.query<{ isUnderWay: boolean }>(
    `SELECT ${hasUrgentUnderWay("$1")} AS "isUnderWay"`,
    [connectorId],
  );
  if (open[0]?.isUnderWay === true) return null;
  const { rows } = await client.query<Asked>(
    `SELECT indicator_id AS id, asked_at AS "askedAt" FROM (
       SELECT * FROM urgent_item WHERE connector_id = $1 ORDER BY asked_at LIMIT $2
     ) first ORDER BY indicator_id`,
    [connectorId, MOST_URGENT],
  );
  return rows;
};

/** What was asked for once more since is kept. */
const forget = async (client: PoolClient, connectorId: string, asked: readonly Asked[]): Promise<void> => {
  await client.query(
    `DELETE FROM urgent_item w USING unnest($2::bigint[], $3::timestamptz[]) AS done (id, at)
     WHERE w.connector_id = $1 AND w.indicator_id = done.id AND w.asked_at = done.at`,
    [connectorId, asked.map(({ id }) => id), asked.map(({ askedAt }) => askedAt)],
  );
};

const planThese = async (
  connectorId: string,
  teamId: string,
  asked: readonly Asked[],
): Promise<AutomaticOutcome> => {
  const only = { ids: asked.map(({ id }) => id), operations: "all" } as const;
  for (let tries = 1; ; tries += 1) {
    const made = await createPlan({ connectorId, teamId, doer: SYSTEM, only });
    const { id, hash, counts } = made;
    if (counts.add + counts.change + counts.remove === 0) return { status: "unchanged" };
    const isWithin = await bulkAsTeam(teamId, async (client) =>
      isWithinLimits(client, await readPlanningConnector(client, { connectorId, teamId }), made),
    );
    // The ordinary plan holds it as well, and tells a person why it waits.
    if (!isWithin) {
      await dropPartial(teamId, id);
      return { status: "left", reason: "It is more than the connector applies by itself." };
    }
    try {
      const push = await applyPlan({ planId: id, teamId, hash, doer: SYSTEM });
      return { status: "applied", pushId: push.id };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await dropPartial(teamId, id);
      // It is not automatic any more, or applies less by itself.
      if (error.code === "conflict") return { status: "left", reason: error.message };
      // Somebody changed something in between: plan again.
      if (error.code !== "stale") throw error;
      if (tries >= TRIES) throw new AppError(error.code, error.message, { retry: "later", cause: error });
    }
  }
};

/** A plan of some values that nobody is to apply says nothing to anybody. */
const dropPartial = (teamId: string, planId: string): Promise<void> =>
  bulkAsTeam(teamId, (client) => dropPlans(client, "id = $1 AND team_id = $2", [planId, teamId]));

const TRIES = 5;
