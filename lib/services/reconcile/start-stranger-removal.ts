import "server-only";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { findFormerExcess } from "@/lib/domain/delivery/loosened";
import { findExcess } from "@/lib/domain/delivery/plan-limits";
import { AppError } from "@/lib/domain/errors";
import { strangerRemoval } from "@/lib/jobs/stranger-removal.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { hashRemoval } from "./list-strangers";
import { holdAlone } from "@/lib/services/planning/limits-now";
import { readPlanningConnector, type PlanningConnector } from "@/lib/services/planning/planning-connector";

type Connector = { id: string; teamId: string };

/**
 * Starts the removal of what was marked at a connector's destination, as it was reviewed. Gives how many. Throws `stale` when others are
 * marked by now, or one of them changed; `conflict` while the connector is paused, and where so many need a second person and
 * whoever starts it marked one of them.
 */
export const startStrangerRemoval = async (
  actor: Actor,
  { id: connectorId, teamId }: Connector,
  hash: string,
): Promise<{ removing: number }> => {
  const removing = await bulkAsTeam(teamId, async (client) => {
    const connector = await readPlanningConnector(client, { connectorId, teamId, isLocked: true });
    if (!connector.enabled)
      throw new AppError("conflict", `“${connector.name}” is switched off. Switch it on to send anything.`);
    const marked = await lockMarked(client, connectorId);
    if (hashRemoval(marked) !== hash)
      throw new AppError("stale", "What is marked changed since you looked at it. Review it once more.");
    if (marked.length === 0) return 0;
    await assertSecondPerson(client, actor, { connector, marked });
    await client.query(
      `UPDATE stranger SET removing_since = clock_timestamp(), started_by = $3, started_at = clock_timestamp()
       WHERE connector_id = $1 AND remote_id = ANY ($2)`,
      [connectorId, marked.map(({ remoteId }) => remoteId), actor.userId],
    );
    const subject = { type: "connector", id: connectorId };
    const records = marked.slice(0, 20).map(({ remoteId, value }) => ({ remoteId, value }));
    const detail = { count: marked.length, hash, records };
    await recordAuditSql(client, { teamId, doer: asDoer(actor), action: "stranger.remove", subject, detail });
    await announceSql(client, strangerRemoval, { connectorId });
    return marked.length;
  });
  await relayOutbox();
  return { removing };
};

type Marked = { remoteId: string; hash: string; value: string; decidedBy: string | null };

const lockMarked = async (client: PoolClient, connectorId: string): Promise<Marked[]> => {
  const { rows } = await client.query<Marked>(
    `SELECT remote_id AS "remoteId", encode(shown_hash, 'hex') AS hash, value, decided_by AS "decidedBy" FROM stranger
     WHERE connector_id = $1 AND choice = 'remove' AND removing_since IS NULL AND removed_at IS NULL AND gone_at IS NULL
     ORDER BY remote_id FOR UPDATE`,
    [connectorId],
  );
  return rows;
};

/**
 * As of a plan's removals: beyond the connector's limits, and those that whoever raised them had before, one person marks them and another
 * starts it. What one person marked and started within the last hour counts together.
 */
const assertSecondPerson = async (
  client: PoolClient,
  { userId }: Actor,
  { connector, marked }: { connector: PlanningConnector; marked: readonly Marked[] },
): Promise<void> => {
  // Of what somebody else marked two people had a part in it.
  if (marked.every(({ decidedBy }) => decidedBy !== null && decidedBy !== userId)) return;
  await holdAlone(client, connector);
  const { keep, alone } = await countStanding(client, connector.id, userId);
  const counts = { add: 0, change: 0, remove: marked.length, keep, remade: 0 };
  const earlier = { add: 0, remove: alone };
  const { approval, loosened } = connector;
  const excess = [
    ...findExcess(approval, counts, { earlier }),
    ...findFormerExcess(loosened, counts, { applierId: userId, authorId: userId, earlier }),
  ];
  if (excess.length === 0) return;
  throw new AppError(
    "conflict",
    `${excess.join(" ")} Somebody else than who marked them has to start their removal.`,
  );
};

/**
 * What stands of the connector's own, and how many strangers one person marked and had removed within the last hour, by whichever of the
 * team's connectors to the same destination.
 */
const countStanding = async (
  client: PoolClient,
  connectorId: string,
  userId: string,
): Promise<{ keep: number; alone: number }> => {
  const { rows } = await client.query<{ keep: number; alone: number }>(
    `SELECT (SELECT count(*)::int FROM claim WHERE connector_id = $1) AS keep,
       (SELECT count(*)::int FROM connector mine
        JOIN connector c ON c.destination_id = mine.destination_id AND c.team_id = mine.team_id
        JOIN stranger s ON s.connector_id = c.id AND s.started_by = $2 AND s.decided_by = $2
          AND s.started_at > clock_timestamp() - interval '1 hour' WHERE mine.id = $1) AS alone`,
    [connectorId, userId],
  );
  const [row] = rows;
  if (!row) throw new Error("A question without rows was not answered.");
  return row;
};
