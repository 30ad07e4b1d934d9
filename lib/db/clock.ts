import "server-only";

import type { PoolClient } from "pg";

import type { Tx } from "./client";

/** The database's clock, for what is compared with times of other workers: theirs may differ. */
export const readClock = async (client: PoolClient): Promise<Date> => {
  const { rows } = await client.query<{ now: Date }>("SELECT clock_timestamp() AS now");
  const [row] = rows;
  if (!row) throw new Error(NO_TIME);
  return row.now;
};

/** As `readClock`, in a transaction of single rows. */
export const readClockOf = async (tx: Tx): Promise<Date> => {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  if (!row) throw new Error(NO_TIME);
  return row.now;
};

const NO_TIME = "The database told no time.";
