import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { RECALL_SELECT, toRecallView, type RecallView } from "./recall-view";

/** How far the removal at one connector is; what was never sent there is not counted. */
type RecallAt = {
  connectorId: string;
  connector: string;
  teamId: string;
  isEnabled: boolean;
  /** What stood or may have stood there. */
  sent: number;
  /** Gone, and where the destination can be read, seen to be gone. */
  gone: number;
  /** Handed over, not yet confirmed. */
  underWay: number;
  /** Refused, with the first reason. */
  failed: number;
  reason: string | null;
};

export type RecallProgress = {
  /** How many of the actor's teams' values it met. */
  matched: number;
  at: RecallAt[];
  /** Nothing of it stands anywhere any more, confirmed. */
  isGone: boolean;
};

/** A recall of one of the actor's teams or of every team. A foreign one and an unknown one are both `not_found`. */
export const getRecall = async (actor: Actor, id: string): Promise<RecallView> => {
  const recall = await asActor(actor, (tx) => tx.recall.findFirst({ where: { id }, select: RECALL_SELECT }));
  if (!recall) throw new AppError("not_found", "There is no such recall.");
  return toRecallView(recall, new Date());
};

/** How far a recall is in the teams given: what it met, and what became of it at each of their connectors. */
export const getRecallProgress = (
  actor: Actor,
  recall: RecallView,
  teamIds: readonly string[],
): Promise<RecallProgress> =>
  asActor(actor, async (tx) => {
    const matched = await tx.recallItem.count({
      where: { recallId: recall.id, teamId: { in: [...teamIds] } },
    });
    const at = await tx.$queryRaw<RecallAt[]>`
      SELECT c.id AS "connectorId", c.name AS connector, c.team_id AS "teamId", c.enabled AS "isEnabled",
        count(*)::int AS sent,
        (count(*) FILTER (WHERE NOT here.may_be AND r.state <> 'withdrawing'))::int AS gone,
        (count(*) FILTER (WHERE (here.may_be OR r.state = 'withdrawing') AND r.state <> 'failed'))::int AS "underWay",
        (count(*) FILTER (WHERE here.may_be AND r.state = 'failed'))::int AS failed,
        min(r.reason) FILTER (WHERE here.may_be AND r.state = 'failed') AS reason
      FROM recall_item m
      JOIN receipt r ON r.team_id = m.team_id AND r.indicator_id = m.indicator_id
      JOIN connector c ON c.id = r.connector_id AND c.deleted_at IS NULL
      -- What stands there is told by the claim, not by the last word of a receipt; what is being sent may stand there.
      CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM claim x WHERE x.connector_id = c.id AND x.indicator_id = m.indicator_id
      ) OR EXISTS (
        SELECT FROM push p JOIN push_item i ON i.push_id = p.id AND i.indicator_id = m.indicator_id
        WHERE p.connector_id = c.id AND p.state IN ('queued', 'running') AND i.state IN ('pending', 'sending')
      ) AS may_be) here
      WHERE m.recall_id = ${recall.id}::uuid AND m.team_id = ANY (${[...teamIds]}::uuid[])
      GROUP BY c.id ORDER BY c.name`;
    return {
      matched,
      at,
      isGone: recall.carriedOutAt !== null && at.every(({ underWay, failed }) => underWay + failed === 0),
    };
  });

/** Recalls that bind the teams given, newest first, ended ones included. */
export const listRecalls = (actor: Actor, teamIds: readonly string[], limit = 100): Promise<RecallView[]> =>
  asActor(actor, async (tx) => {
    const rows = await tx.recall.findMany({
      where: { OR: [{ teamId: { in: [...teamIds] } }, { teamId: null }] },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit,
      select: RECALL_SELECT,
    });
    const now = new Date();
    return rows.map((row) => toRecallView(row, now));
  });
