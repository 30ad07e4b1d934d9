import { Redis } from "ioredis";

type Row = { place: string; needle: string };
type Owner = { query: (sql: string, values?: unknown[]) => Promise<{ rows: Row[] }> };
type AsOwner = (run: (client: Owner) => Promise<Row[]>) => Promise<Row[]>;

/** Where in any column of any table of the product, or of its queue, one of the texts stands. */
export const findInTables = (asOwner: AsOwner, needles: readonly string[]): Promise<Row[]> =>
  asOwner(async (client) => {
    const tables = await client.query(
      `SELECT format('%I.%I', schemaname, tablename) AS place, '' AS needle FROM pg_tables
       WHERE schemaname IN ('public', 'bullmq') ORDER BY 1`,
    );
    const found: Row[] = [];
    for (const { place } of tables.rows) {
      const { rows } = await client.query(
        `SELECT DISTINCT $1 AS place, n AS needle FROM ${place} t, unnest($2::text[]) n WHERE position(n IN t::text) > 0`,
        [place, needles],
      );
      found.push(...rows);
    }
    return found;
  });

/** All that the queue keeps, jobs that ended included, as text: the rows of its tables, or the keys of Redis with their values. */
export const dumpQueueStore = async (asOwner: AsOwner): Promise<string[]> => {
  const url = process.env["REDIS_URL"];
  return url ? dumpRedis(url) : dumpTables(asOwner);
};

const dumpTables = async (asOwner: AsOwner): Promise<string[]> => {
  const rows = await asOwner(async (client) => {
    const tables = await client.query(
      "SELECT quote_ident(tablename) AS place, '' AS needle FROM pg_tables WHERE schemaname = 'bullmq'",
    );
    const each = tables.rows.map(
      ({ place }) => `SELECT '${place}' AS place, t::text AS needle FROM bullmq.${place} t`,
    );
    return (await client.query(each.join(" UNION ALL "))).rows;
  });
  return rows.map(({ place, needle }) => `${place} ${needle}`);
};

const dumpRedis = async (url: string): Promise<string[]> => {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys("*");
    return await Promise.all(keys.map(async (key) => JSON.stringify([key, await readKey(redis, key)])));
  } finally {
    await redis.quit();
  }
};

const readKey = async (redis: Redis, key: string): Promise<unknown> => {
  const type = await redis.type(key);
  switch (type) {
    case "string":
      return redis.get(key);
    case "hash":
      return redis.hgetall(key);
    case "list":
      return redis.lrange(key, 0, -1);
    case "set":
      return redis.smembers(key);
    case "zset":
      return redis.zrange(key, "0", "-1", "WITHSCORES");
    case "stream":
      return redis.xrange(key, "-", "+");
    case "none":
      return null; // it ran out since it was listed
    default:
      throw new Error(`A key of Redis is a ${type}: say how it is read.`);
  }
};
