import "server-only";

import { z } from "zod";

import { asSystem } from "@/lib/db/scope";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { CONNECTOR_KINDS, type ConnectorKind } from "@/lib/domain/connector/kinds";
import { recordScope } from "@/lib/domain/selection/policy";
import type { Treatment } from "@/lib/domain/delivery/merge-claims";
import type { Wish } from "@/lib/domain/delivery/standing";
import { noConnector } from "@/lib/services/connectors/get-connector";

/** One record as it stands at a connector's destination, and who else claims it. */
export type StandingRecord = {
  /** Null while no answer told it. */
  stands: Treatment | null;
  /** How the connector itself wants it; null where it has no claim. */
  mine: Treatment | null;
  others: Wish[];
  /** Who else has a say in its words: other teams, or a connector of the team's own that claimed it first. */
  wordedBy: string[];
};
export type StandingRecords = { kind: ConnectorKind; byIndicator: ReadonlyMap<string, StandingRecord> };

type Own = { connectorId: string; teamId: string };

/** An indicator by its number in PostgreSQL. */
export type AskedRecord = {
  row: string;
  /**
   * The device groups of the record that is meant, null for the connector's own: a rule may name others, and that is another record.
   * Left out: the one that the connector claims, or else that of its own.
   */
  deviceGroups?: readonly string[] | null;
};

/**
 * What stands at a connector's destination of these indicators, with every claimant's wish. Ask for
 * indicators alone that the team's own rows name: of the others it says who they are and what they want, as the record at
 * Microsoft does, and nothing of their feeds.
 */
export const readClaimants = async (
  { connectorId, teamId }: Own,
  asked: readonly AskedRecord[],
): Promise<StandingRecords> =>
  asSystem("delivery", async (tx) => {
    const [found] = await tx.$queryRaw<unknown[]>`
      SELECT kind::text, destination_id AS "destinationId", device_groups AS "deviceGroups"
      FROM connector WHERE id = ${connectorId}::uuid AND team_id = ${teamId}::uuid`;
    if (found === undefined) throw noConnector();
    const { kind, destinationId, deviceGroups } = connectorSchema.parse(found);
    const byIndicator = new Map<string, StandingRecord>();
    if (asked.length === 0) return { kind, byIndicator };
    const wanted = asked.map(({ row, deviceGroups: groups }) => ({
      row,
      scope: groups === undefined ? null : recordScope(groups ?? deviceGroups),
    }));
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT r.indicator_id::text AS "indicatorId", r.action AS "standsAction", r.severity AS "standsSeverity",
        r.expires_at AS "standsUntil", c.action, c.severity, c.expires_at AS "expiresAt",
        c.connector_id = ${connectorId}::uuid AS "isMine", c.team_id = ${teamId}::uuid AS "isOwn", k.name AS connector, t.name AS team
      FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS a ("row" bigint, scope text)
      JOIN remote_record r ON r.indicator_id = a."row" JOIN claim c ON c.record_id = r.id
      JOIN connector k ON k.id = c.connector_id JOIN team t ON t.id = c.team_id
      WHERE r.destination_id = ${destinationId}::uuid AND r.state IN ('live', 'orphaned') AND CASE
          WHEN a.scope IS NOT NULL THEN r.scope = a.scope
          WHEN EXISTS (SELECT FROM claim own WHERE own.connector_id = ${connectorId}::uuid AND own.indicator_id = r.indicator_id)
          THEN EXISTS (SELECT FROM claim own WHERE own.connector_id = ${connectorId}::uuid AND own.record_id = r.id)
          ELSE r.scope = ${recordScope(deviceGroups)} END
      ORDER BY r.indicator_id, c.created_at, c.connector_id`;
    for (const row of rows.map((one) => rowSchema.parse(one))) {
      const known = byIndicator.get(row.indicatorId) ?? unclaimed(row);
      byIndicator.set(row.indicatorId, withClaim(known, row));
    }
    return { kind, byIndicator };
  });

const connectorSchema = z.object({
  kind: z.enum(CONNECTOR_KINDS),
  destinationId: z.string(),
  deviceGroups: z.array(z.string()),
});

const rowSchema = z.object({
  indicatorId: z.string(),
  standsAction: z.enum(ACTIONS).nullable(),
  standsSeverity: z.enum(SEVERITIES).nullable(),
  standsUntil: z.date().nullable(),
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiresAt: z.date(),
  isMine: z.boolean(),
  isOwn: z.boolean(),
  connector: z.string(),
  team: z.string(),
});
type Row = z.output<typeof rowSchema>;

const unclaimed = (row: Row): StandingRecord => ({
  ...{ stands: toStands(row), mine: null, others: [], wordedBy: [] },
});

/** With one more claim, the oldest first. */
const withClaim = (record: StandingRecord, row: Row): StandingRecord => {
  const { action, severity, expiresAt, isMine, isOwn } = row;
  const wish = { action, severity, expiresAt };
  if (isMine) return { ...record, mine: wish };
  const who = nameOf(row);
  const hasSay = !isOwn || record.mine === null;
  return {
    ...record,
    others: [...record.others, { ...wish, who }],
    wordedBy: hasSay && !record.wordedBy.includes(who) ? [...record.wordedBy, who] : record.wordedBy,
  };
};

const toStands = ({ standsAction, standsSeverity, standsUntil }: Row): Treatment | null =>
  standsAction !== null && standsSeverity !== null && standsUntil !== null
    ? { action: standsAction, severity: standsSeverity, expiresAt: standsUntil }
    : null;

const nameOf = ({ isOwn, connector, team }: Row): string => (isOwn ? `your connector “${connector}”` : team);
