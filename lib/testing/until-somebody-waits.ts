import type { Client } from "pg";
import { expect } from "vitest";

type Database = { asOwner: <T>(run: (client: Client) => Promise<T>) => Promise<T> };

/** Resolves once so many transactions wait for a lock that another holds. */
export const untilSomebodyWaits = (database: Database, count = 1): Promise<void> =>
  expect
    .poll(
      () =>
        database.asOwner(async (client) => {
          const { rows } = await client.query<{ waiting: number }>(
            "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
          );
          return rows[0]?.waiting;
        }),
      { timeout: 20_000 },
    )
    .toBeGreaterThanOrEqual(count);
