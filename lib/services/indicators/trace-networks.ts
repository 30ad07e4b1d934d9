import "server-only";

import type { Tx } from "@/lib/db/client";
import { isNetwork, MOST_ADDRESSES, networkSize } from "@/lib/domain/indicator/expand";
import type { IndicatorType } from "@/lib/domain/indicator/types";

/** A network that went, or is to go, to a destination as its addresses, and how these fare there. */
export type TracedAddresses = {
  connectorId: string;
  connector: string;
  team: string;
  addresses: number;
  /** Accepted or seen there, and not yet removed. */
  standing: number;
  /** Being sent, or refused at the last try. */
  waiting: number;
  failed: number;
  /** Why others stay out, or left, with how many: the plan's code where it names them. */
  out: { code: string | null; count: number }[];
};

type Asked = { indicatorId: bigint; teamIds: readonly string[] };

/** How the addresses of a network fare at each connector that sends it so, or did; none for what is no small network. */
export const readAddresses = async (
  tx: Tx,
  { indicatorId, teamIds, type, value }: Asked & { type: IndicatorType; value: string },
): Promise<TracedAddresses[]> => {
  if (!isNetwork(type) || networkSize(value) > MOST_ADDRESSES) return [];
  const rows = await tx.$queryRaw<Row[]>`
    SELECT c.id AS "connectorId", c.name AS connector, team.slug AS team, how.fate,
      CASE WHEN how.fate = 'out' THEN item.code END AS code, count(*)::int AS count
    FROM connector c JOIN team ON team.id = c.team_id
    JOIN network_address part ON part.network_id = ${indicatorId}
    LEFT JOIN receipt r ON r.connector_id = c.id AND r.team_id = c.team_id AND r.indicator_id = part.indicator_id
    LEFT JOIN LATERAL (
      SELECT id FROM plan WHERE plan.connector_id = c.id AND NOT plan.partial ORDER BY created_at DESC LIMIT 1
    ) p ON true
    LEFT JOIN plan_item item ON item.plan_id = p.id AND item.indicator_id = part.indicator_id
      AND item.operation IN ('blocked', 'remove')
    CROSS JOIN LATERAL (SELECT CASE WHEN r.state IN ('accepted', 'visible', 'withdrawing') THEN 'standing'
      WHEN r.state = 'pending' THEN 'waiting' WHEN r.state = 'failed' THEN 'failed' ELSE 'out' END AS fate) how
    WHERE c.team_id = ANY (${[...teamIds]}::uuid[]) AND c.kind = 'defender' AND c.deleted_at IS NULL
      AND ((c.selection->>'expandNetworksUpTo')::int >= ${networkSize(value)} OR EXISTS (
        SELECT FROM receipt was JOIN network_address of ON of.indicator_id = was.indicator_id
        WHERE was.connector_id = c.id AND of.network_id = ${indicatorId}))
    GROUP BY 1, 2, 3, 4, 5 ORDER BY c.name, c.id, count(*) DESC, 5`;
  const byConnector = new Map<string, TracedAddresses>();
  for (const { fate, code, count, ...row } of rows) {
    const known = byConnector.get(row.connectorId) ?? { ...row, ...NONE, out: [] };
    known.addresses += count;
    if (fate === "out") known.out.push({ code, count });
    else known[fate] += count;
    byConnector.set(row.connectorId, known);
  }
  return [...byConnector.values()];
};

type Row = Pick<TracedAddresses, "connectorId" | "connector" | "team"> & {
  fate: "standing" | "waiting" | "failed" | "out";
  code: string | null;
  count: number;
};

const NONE = { addresses: 0, standing: 0, waiting: 0, failed: 0 };

export type TracedNetwork = { id: string; value: string; team: string };

/** The networks of the teams that went out as addresses of which this is one. */
export const readNetworks = (tx: Tx, { indicatorId, teamIds }: Asked): Promise<TracedNetwork[]> =>
  tx.$queryRaw<TracedNetwork[]>`
    SELECT i.key AS id, i.value, team.slug AS team FROM network_address part
    JOIN team_indicator t ON t.indicator_id = part.network_id AND t.team_id = ANY (${[...teamIds]}::uuid[])
    JOIN team ON team.id = t.team_id JOIN indicator i ON i.id = part.network_id
    WHERE part.indicator_id = ${indicatorId} AND EXISTS (
      SELECT FROM receipt r WHERE r.indicator_id = part.indicator_id AND r.team_id = t.team_id
      UNION ALL
      SELECT FROM plan_item p WHERE p.indicator_id = part.indicator_id AND p.team_id = t.team_id)
    ORDER BY i.key, team.slug`;
