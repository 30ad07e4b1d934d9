import "server-only";

import type { Tx } from "@/lib/db/client";
import { STOP_KEY } from "@/lib/db/queries/waiting-pushes";
import { asSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

import type { RecallView } from "./recall-view";

/** How far the removal at one connector is; what was never sent there is not counted. */
type RecallAt = {
  connectorId: string;
  connector: string;
  teamId: string;
  isEnabled: boolean;
  /** Whether its sending is switched off, by itself or with all else: until it is on again nothing is removed there. */
  isSendingOff: boolean;
  /** Whether what stands there can be read back at all. */
  isReadable: boolean;
  /** What stood or may have stood there: the sum of what follows. */
  sent: number;
  /** Gone, and seen to be gone. */
  gone: number;
  /** The team's part in it ended; a record stays there for another team, which is not named. */
  left: number;
  /** The removal was accepted, and nobody can read whether it is gone. */
  accepted: number;
  /** Handed over, not yet confirmed. */
  underWay: number;
  /** Its removal was stopped. */
  stopped: number;
  stop: { pushId: string; by: string | null; message: string | null } | null;
  /** Not removed: refused, or accepted and never seen gone; with the first reason. */
  failed: number;
  reason: string | null;
};

export type RecallProgress = {
  /** How many of the actor's teams' values it met. */
  matched: number;
  at: RecallAt[];
  /** Every removal was accepted; where that can be read back, it was. Something may stay for another team. */
  isRemoved: boolean;
  /** Nothing of it stands anywhere any more, confirmed. */
  isGone: boolean;
};

/**
 * How far a recall is in the actor's teams that are given: what it met, and what became of it at each of their connectors. Of other
 * teams it tells only how many records stay there for them.
 */
export const getRecallProgress = (
  actor: Actor,
  recall: RecallView,
  given: readonly string[],
): Promise<RecallProgress> => {
  const own = new Set(actor.teams.map(({ id }) => id));
  const teamIds = given.filter((id) => own.has(id));
  // Whether a record stays for another team is told by that team's claim, which no other team may read.
  return asSystem("delivery", async (tx) => {
    const matched = await tx.recallItem.count({
      where: { recallId: recall.id, teamId: { in: teamIds } },
    });
    const rows = await readPlaces(tx, recall.id, teamIds);
    const stops = await readStops(
      tx,
      rows.flatMap(({ stoppedPushId }) => stoppedPushId ?? []),
    );
    const at = rows.map(({ stoppedPushId, ...row }) => ({
      ...row,
      stop: stoppedPushId === null ? null : (stops.get(stoppedPushId) ?? null),
    }));
    const isRemoved =
      recall.carriedOutAt !== null &&
      at.every(({ underWay, failed, stopped }) => underWay + failed + stopped === 0);
    const isGone = isRemoved && at.every(({ accepted, left }) => accepted + left === 0);
    return { matched, at, isRemoved, isGone };
  });
};

type Row = Omit<RecallAt, "stop"> & { stoppedPushId: string | null };

const readPlaces = (tx: Tx, recallId: string, teamIds: readonly string[]): Promise<Row[]> =>
  tx.$queryRaw<Row[]>`
    SELECT c.id AS "connectorId", c.name AS connector, c.team_id AS "teamId", c.enabled AS "isEnabled",
      EXISTS (SELECT FROM connector_stop x WHERE x.connector_id = c.id)
        OR EXISTS (SELECT FROM setting WHERE key = ${STOP_KEY}) AS "isSendingOff",
      bool_and(how.readable) AS "isReadable", count(*)::int AS sent,
      (count(*) FILTER (WHERE NOT there.is AND NOT others.want AND (how.readable OR r.gone_at IS NULL)))::int AS gone,
      (count(*) FILTER (WHERE NOT there.is AND others.want))::int AS left,
      (count(*) FILTER (WHERE NOT there.is AND NOT others.want AND NOT how.readable AND r.gone_at IS NOT NULL))::int AS accepted,
      (count(*) FILTER (WHERE there.is AND NOT how.stopped AND r.state <> 'failed'))::int AS "underWay",
      (count(*) FILTER (WHERE there.is AND how.stopped))::int AS stopped,
      (count(*) FILTER (WHERE there.is AND NOT how.stopped AND r.state = 'failed'))::int AS failed,
      min(r.reason) FILTER (WHERE there.is AND NOT how.stopped AND r.state = 'failed') AS reason,
      (array_agg(u.id ORDER BY u.queued_at DESC) FILTER (WHERE there.is AND how.stopped))[1] AS "stoppedPushId"
    FROM recall_item m
    JOIN receipt r ON r.team_id = m.team_id AND r.indicator_id = m.indicator_id
    JOIN connector c ON c.id = r.connector_id AND c.deleted_at IS NULL
    LEFT JOIN push u ON u.id = r.push_id
    CROSS JOIN LATERAL (SELECT c.kind = 'defender' OR c.workspace_name IS NOT NULL AS readable,
      coalesce(u.urgent AND u.state = 'stopped', false) AS stopped) how
    -- What stands there is told by the claim, not by the last word of a receipt; what is being sent may stand there. What
    -- was removed and is shown all the same does, too.
    CROSS JOIN LATERAL (SELECT r.state = 'withdrawing' OR r.still_shown OR EXISTS (
      SELECT FROM claim x WHERE x.connector_id = c.id AND x.indicator_id = m.indicator_id
    ) OR EXISTS (
      SELECT FROM push p JOIN push_item i ON i.push_id = p.id AND i.indicator_id = m.indicator_id
      WHERE p.connector_id = c.id AND (p.state IN ('queued', 'running') AND i.state = 'pending'
        OR p.state IN ('queued', 'running', 'stopped') AND i.state = 'sending')
    ) AS is) there
    -- Whom the recall met as well only waits for its own removal.
    CROSS JOIN LATERAL (SELECT EXISTS (
      SELECT FROM remote_record o JOIN claim x ON x.record_id = o.id AND x.connector_id <> c.id
      WHERE o.destination_id = c.destination_id AND o.indicator_id = m.indicator_id AND o.state IN ('live', 'orphaned')
        AND NOT EXISTS (SELECT FROM recall_item y
          WHERE y.recall_id = m.recall_id AND y.team_id = x.team_id AND y.indicator_id = m.indicator_id)
    ) AS want) others
    WHERE m.recall_id = ${recallId}::uuid AND m.team_id = ANY (${[...teamIds]}::uuid[])
      -- What was planned only and never reached the destination is not there to be removed.
      AND (there.is OR r.sent_at IS NOT NULL OR r.accepted_at IS NOT NULL)
    GROUP BY c.id ORDER BY c.name`;

/** Who stopped which push, and why it says it stands; `by` null: nobody, it could not go on. */
const readStops = async (
  tx: Tx,
  pushIds: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<RecallAt["stop"]>>> => {
  if (pushIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<NonNullable<RecallAt["stop"]>[]>`
    SELECT u.id AS "pushId", u.message, (
      SELECT CASE WHEN a.actor_id IS NOT NULL THEN a.actor_name END FROM audit_entry a
      WHERE a.subject_id = u.id::text AND a.action = 'push.stop' ORDER BY a.id DESC LIMIT 1) AS by
    FROM push u WHERE u.id = ANY (${[...pushIds]}::uuid[])`;
  return new Map(rows.map((row) => [row.pushId, row]));
};
