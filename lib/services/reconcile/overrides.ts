import "server-only";

import { z } from "zod";

import { asTeam, bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { assertConnectorSql } from "@/lib/services/delivery/own-connector";

type Connector = { id: string; teamId: string };

export type OverrideView = z.output<typeof overrideSchema>;

type Page = { limit: number; /** The `next` of the page before. */ after: string | null };

/** What people of a connector's team adopted of how records stood at its destination, newest indicators first. */
export const listOverrides = async (
  { id, teamId }: Connector,
  { limit, after }: Page,
): Promise<{ overrides: OverrideView[]; next: string | null }> => {
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ row: string }[]>`
      SELECT o.indicator_id::text AS row, i.key AS "indicatorId", i.type, i.value, o.absent AS "isAbsent", o.action, o.severity,
        o.expires_at AS "expiresAt", o.title, o.description, o.reason, o.decided_by_name AS "decidedBy", o.decided_at AS "decidedAt"
      FROM record_override o JOIN indicator i ON i.id = o.indicator_id
      WHERE o.connector_id = ${id}::uuid AND o.team_id = ${teamId}::uuid
        AND (${after}::bigint IS NULL OR o.indicator_id < ${after}::bigint)
      ORDER BY o.indicator_id DESC LIMIT ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  return {
    overrides: page.map((row) => overrideSchema.parse(row)),
    next: rows.length > limit ? (page.at(-1)?.row ?? null) : null,
  };
};

/**
 * Ends what was adopted of these indicators, by public ids, or of all: from then on selection and rules say again how they are to
 * stand. Gives how many. Throws `not_found` for one of which nothing was adopted.
 */
export const liftOverrides = async (
  actor: Actor,
  { id: connectorId, teamId }: Connector,
  indicatorIds: readonly string[] | null,
): Promise<{ lifted: number }> => {
  const lifted = await bulkAsTeam(teamId, async (client) => {
    await assertConnectorSql(client, { connectorId, teamId });
    const { rows } = await client.query<{ key: string }>(
      `DELETE FROM record_override o USING indicator i
       WHERE o.connector_id = $1 AND o.team_id = $2 AND i.id = o.indicator_id AND ($3::uuid[] IS NULL OR i.key = ANY ($3))
       RETURNING i.key`,
      [connectorId, teamId, indicatorIds],
    );
    if (indicatorIds !== null && rows.length < new Set(indicatorIds).size)
      throw new AppError("not_found", "Of one of them nothing is adopted any more. Load the page anew.");
    if (rows.length === 0) return 0;
    const subject = { type: "connector", id: connectorId };
    const detail = { count: rows.length, indicators: rows.slice(0, 20).map(({ key }) => key) };
    const entry = { teamId, doer: asDoer(actor), action: "connector.override-lift", subject, detail };
    await recordAuditSql(client, entry);
    await announcePlansSql(client, teamId);
    return rows.length;
  });
  await relayOutbox();
  return { lifted };
};

const overrideSchema = z.object({
  indicatorId: z.string(),
  type: z.number().transform(indicatorTypeFromCode),
  value: z.string(),
  isAbsent: z.boolean(),
  action: z.enum(ACTIONS).nullable(),
  severity: z.enum(SEVERITIES).nullable(),
  expiresAt: z.date().nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  reason: z.string(),
  decidedBy: z.string(),
  decidedAt: z.date(),
});
