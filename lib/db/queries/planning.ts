import type { PoolClient } from "pg";

// Right after a load, PostgreSQL's planner knows nothing of the rows, and of a temporary table it knows little ever. Where a
// wrong guess costs minutes, it is told.

/** Up to so many rows are looked up one by one. */
export const FEW = 20_000;

/** Whether a temporary table holds few rows. */
export const isFew = async (client: PoolClient, table: "stage" | "resolved" | "gone"): Promise<boolean> => {
  const { rows } = await client.query<{ isFew: boolean }>(
    `SELECT count(*) <= ${String(FEW)} AS "isFew" FROM (SELECT FROM ${table} LIMIT ${String(FEW + 1)}) counted`,
  );
  return rows[0]?.isFew ?? true;
};

/**
 * Has sorts and joins of this transaction take as much memory as the operator grants maintenance work, but no more than 128 MB
 * each: several large feeds may be read at once.
 */
export const useMuchMemory = async (client: PoolClient): Promise<void> => {
  await client.query(
    `SELECT set_config('work_mem',
       (least(pg_size_bytes(current_setting('maintenance_work_mem')), 134217728) / 1024)::text || 'kB', true)`,
  );
};

/** Carries out queries that begin at few rows and look each of them up in large tables by an index. */
export const lookingUp = <T>(client: PoolClient, run: () => Promise<T>): Promise<T> =>
  without(client, ["hashjoin", "mergejoin"], run);

/**
 * The same for queries that name each row by its whole key. A bitmap of these rows would be put beside one of all that shares a part of
 * their keys, as of all that stands at a destination.
 */
export const byWholeKeys = <T>(client: PoolClient, run: () => Promise<T>): Promise<T> =>
  without(client, ["hashjoin", "mergejoin", "bitmapscan"], run);

/** Keeps the planner from such ways meanwhile: in one question before and one behind, since each costs a turn of a busy process. */
const without = async <T>(client: PoolClient, ways: readonly string[], run: () => Promise<T>): Promise<T> => {
  await client.query(ways.map((way) => `SET LOCAL enable_${way} = off`).join("; "));
  const result = await run();
  await client.query(ways.map((way) => `SET LOCAL enable_${way} = on`).join("; "));
  return result;
};

/** Carries out queries that join many rows with many. */
export const hashing = <T>(client: PoolClient, run: () => Promise<T>): Promise<T> =>
  without(client, ["nestloop"], run);

/** The same for queries that come one by one between other work; `endHashing` ends it, or the end of the transaction. */
export const startHashing = async (client: PoolClient): Promise<void> => {
  await client.query("SET LOCAL enable_nestloop = off");
};

/** Ends what `startHashing` began. */
export const endHashing = async (client: PoolClient): Promise<void> => {
  await client.query("SET LOCAL enable_nestloop = on");
};
