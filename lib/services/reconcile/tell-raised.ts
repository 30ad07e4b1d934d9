import "server-only";

import type { PoolClient } from "pg";

import { SYSTEM } from "@/lib/domain/access/actor";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import type { OpenPush } from "@/lib/services/delivery/push-lease";

type Told = { connectorId: string; teamId: string; connector: string; count: number; by: string };

/** Tells every other connector's team, in its audit, how many of its records a push made stricter, and whose push that was. */
export const tellRaised = async (
  client: PoolClient,
  { id, connectorId }: Pick<OpenPush, "id" | "connectorId">,
): Promise<void> => {
  const { rows } = await client.query<Told>(
    `SELECT c.id AS "connectorId", c.team_id AS "teamId", c.name AS connector, told.value::int AS count,
       CASE WHEN mine.team_id = c.team_id THEN mine.name ELSE team.name END AS by
     FROM push CROSS JOIN LATERAL jsonb_each_text(push.raised) told
     JOIN connector c ON c.id = told.key::uuid JOIN connector mine ON mine.id = $2 JOIN team ON team.id = mine.team_id
     WHERE push.id = $1 AND push.raised IS NOT NULL ORDER BY c.id`,
    [id, connectorId],
  );
  for (const { connectorId: raisedId, teamId, connector, count, by } of rows) {
    const subject = { type: "connector", id: raisedId };
    const detail = { connector, madeStricter: count, wantedBy: by };
    await recordAuditSql(client, {
      teamId,
      doer: SYSTEM,
      action: "connector.records-raised",
      subject,
      detail,
    });
  }
  if (rows.length > 0) await client.query("UPDATE push SET raised = NULL WHERE id = $1", [id]);
};
