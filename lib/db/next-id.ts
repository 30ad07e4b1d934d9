import "server-only";

import type { PoolClient } from "pg";

/** An id that comes behind all before it: rows that begin with it are appended to an index, for half of what it costs amid others. */
export const nextId = async (client: PoolClient): Promise<string> => {
  const { rows } = await client.query<{ id: string }>("SELECT uuidv7() AS id");
  const [row] = rows;
  if (!row) throw new Error("The database gave no id.");
  return row.id;
};
