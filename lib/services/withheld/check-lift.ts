import "server-only";

import type { PoolClient } from "pg";

import { isHeldBy } from "@/lib/db/queries/withheld";
import { foreseeElsewise, type ForeseenAt } from "@/lib/services/planning/foresee-elsewise";

/** What lifting a hold would bring to a connector's destination, there change, and leave as it is. */
export type LiftReach = Omit<ForeseenAt, "remove">;

/** Says of each connector what of a hold it would send again if that was lifted. Nothing is changed. */
export const checkLift = async ({ id, teamId }: { id: string; teamId: string }): Promise<LiftReach[]> => {
  const foreseen = await foreseeElsewise(teamId, {
    suppose: async (client) => {
      await client.query("UPDATE withheld SET lifted_at = now() WHERE id = $1 AND team_id = $2", [
        id,
        teamId,
      ]);
    },
    findIds: (client) => findHeld(client, { id, teamId }),
  });
  return foreseen.map(({ connectorId, connector, mode, enabled, add, change, keep }) => ({
    ...{ connectorId, connector, mode, enabled, add, change, keep },
  }));
};

/** What a hold is on, addresses of its networks among it, as numbers of rows in their order. */
const findHeld = async (
  client: PoolClient,
  { id, teamId }: { id: string; teamId: string },
): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `WITH held AS MATERIALIZED (
       SELECT DISTINCT a.indicator_id FROM attribution a JOIN withheld h ON h.id = $1
       WHERE a.team_id = $2 AND a.until_generation IS NULL AND ${isHeldBy("a", "h")}
     )
     SELECT indicator_id AS id FROM held
     UNION SELECT part.indicator_id FROM network_address part JOIN held ON held.indicator_id = part.network_id
     ORDER BY id`,
    [id, teamId],
  );
  return rows.map((row) => row.id);
};
