import "server-only";

import type { PoolClient } from "pg";

/** The database's clock, for what is compared with times of other workers: theirs may differ. */
export const readClock = async (client: PoolClient): Promise<Date> => {
  const { rows } = await client.query<{ now: Date }>("SELECT clock_timestamp() AS now");
  const [row] = rows;
  if (!row) throw new Error("The database told no time.");
  return row.now;
};
