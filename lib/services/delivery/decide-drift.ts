import "server-only";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { DriftChoice } from "@/lib/domain/delivery/drift-choices";
import { AppError } from "@/lib/domain/errors";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { noConnector } from "@/lib/services/connectors/get-connector";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { announcePlansSql } from "./announce-plans";

type Options = {
  choice: DriftChoice;
  /** Public ids; null: all that wait for a decision. */ indicatorIds: readonly string[] | null;
};

/**
 * Decides about what somebody changed or removed at a connector's destination: it is put right with the next plan, or left as it is
 * there until somebody changes it once more. Gives how many. Throws `not_found` for an indicator that did not drift there.
 */
export const decideDrift = async (
  actor: Actor,
  { id: connectorId, teamId }: { id: string; teamId: string },
  { choice, indicatorIds }: Options,
): Promise<{ decided: number }> => {
  const decided = await bulkAsTeam(teamId, async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM connector WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL",
      [connectorId, teamId],
    );
    if (!rowCount) throw noConnector();
    const ids = await decide(client, { connectorId, teamId, choice, indicatorIds });
    if (indicatorIds !== null && ids.length < new Set(indicatorIds).size)
      throw new AppError(
        "not_found",
        "One of them is no drift of this connector any more. Load the page anew.",
      );
    if (ids.length === 0) return 0;
    const subject = { type: "connector", id: connectorId };
    const detail = { choice, count: ids.length, indicators: ids.slice(0, 20) };
    await recordAuditSql(client, {
      ...{ teamId, doer: asDoer(actor), action: "connector.drift-decide", subject, detail },
    });
    // Counted as a change, so that the end of a push that is under way comes back to it.
    if (await isAutomatic(client, connectorId)) await announcePlansSql(client, teamId);
    return ids.length;
  });
  await relayOutbox();
  return { decided };
};

type Decision = Options & { connectorId: string; teamId: string };

const decide = async (
  client: PoolClient,
  { connectorId, teamId, choice, indicatorIds }: Decision,
): Promise<string[]> => {
  const { rows } = await client.query<{ key: string }>(
    `UPDATE receipt r SET drift_choice = $3
     FROM (
       SELECT y.indicator_id, i.key FROM receipt y JOIN indicator i ON i.id = y.indicator_id
       WHERE y.connector_id = $1 AND y.team_id = $2 AND y.drift IS NOT NULL
         AND ($4::uuid[] IS NOT NULL AND i.key = ANY ($4) OR $4 IS NULL AND y.drift_choice IS NULL)
       ORDER BY y.indicator_id FOR UPDATE OF y
     ) mine
     WHERE r.connector_id = $1 AND r.indicator_id = mine.indicator_id RETURNING mine.key`,
    [connectorId, teamId, choice, indicatorIds],
  );
  return rows.map(({ key }) => key);
};

const isAutomatic = async (client: PoolClient, connectorId: string): Promise<boolean> => {
  const { rowCount } = await client.query(
    "SELECT FROM connector WHERE id = $1 AND mode = 'automatic' AND enabled AND deleted_at IS NULL",
    [connectorId],
  );
  return rowCount === 1;
};
