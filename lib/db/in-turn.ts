import "server-only";

import type { PoolClient } from "pg";

/**
 * Runs what asks a connection as soon as all that was put in line before has ended, well or not: the driver itself lets no more than one
 * query wait behind the one under way.
 */
export const inTurn = <T>(client: PoolClient, run: () => Promise<T>): Promise<T> => {
  const before = turns.get(client) ?? Promise.resolve();
  const result = before.then(run);
  turns.set(client, result.then(NOTHING, NOTHING));
  return result;
};

const turns = new WeakMap<PoolClient, Promise<void>>();
const NOTHING = (): void => undefined;
