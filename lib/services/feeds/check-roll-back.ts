import "server-only";

import type { PoolClient } from "pg";

import { createTouched } from "@/lib/db/queries/team-view";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { foreseeElsewise, type ForeseenAt } from "@/lib/services/planning/foresee-elsewise";
import { ofConnector, readTouchedOnItsWay, type OnItsWay } from "@/lib/services/withheld/on-its-way";

import { lockLive, undoIntervals } from "./roll-back-run";

/** How many values leave a connector's destination when a run is left. */
export type RollBackReach = Pick<ForeseenAt, "connectorId" | "connector" | "mode" | "enabled" | "remove"> & {
  /** What is in pushes that have not ended, and is not counted otherwise. */
  onItsWay: Pick<OnItsWay, "pushId" | "count">[];
};

/**
 * Says of each connector of the team how much of what stands at its destination it would take back once the live run is left, as its
 * plan would: what another feed names and the connector does not take is among it. Nothing is changed. Throws `conflict` for a run that
 * is not live.
 */
export const checkRollBack = async ({
  id,
  teamId,
}: {
  id: string;
  teamId: string;
}): Promise<RollBackReach[]> => {
  const ways: OnItsWay[] = [];
  const foreseen = await foreseeElsewise(teamId, {
    suppose: async (client) => {
      const run = await lockLive(client, id, teamId);
      await createTouched(client);
      // The team's merged view stays as it is: what nobody names any more is told by its having no interval.
      await undoIntervals(client, run);
      await client.query("ANALYZE touched");
    },
    findIds: async (client, connectorId) => {
      ways.push(...(await readTouchedOnItsWay(client, { connectorId, teamId })));
      return findTouched(client, { connectorId, teamId });
    },
  });
  return foreseen.map(({ connectorId, connector, mode, enabled, remove }) => ({
    ...{ connectorId, connector, mode, enabled, remove },
    onItsWay: ofConnector(ways, connectorId),
  }));
};

/** What the run says anything of and stands at a connector's destination, or may, as numbers of rows in their order. */
const findTouched = async (
  client: PoolClient,
  { connectorId, teamId }: { connectorId: string; teamId: string },
): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT there.indicator_id AS id FROM (
       SELECT indicator_id FROM claim WHERE connector_id = $1 AND team_id = $2
       UNION
       SELECT indicator_id FROM ${unansweredItems("$1", { isUrgent: true })} u
     ) there
     WHERE there.indicator_id IN (
       SELECT id FROM touched
       UNION SELECT part.indicator_id FROM network_address part JOIN touched t ON t.id = part.network_id)
     ORDER BY there.indicator_id`,
    [connectorId, teamId],
  );
  return rows.map((row) => row.id);
};
