import { Redis } from "ioredis";

type Owner = { query: (sql: string) => Promise<{ rows: { name: string }[] }> };
type AsOwner = (run: (client: Owner) => Promise<void>) => Promise<void>;

/** Loses all that the queue's store holds, whichever it is. */
export const wipeQueueStore = async (asOwner: AsOwner): Promise<void> => {
  const url = process.env["REDIS_URL"];
  if (url) return wipeRedis(url);
  await asOwner(async (client) => {
    const { rows } = await client.query(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename <> 'migration'",
    );
    await client.query(`TRUNCATE ${rows.map(({ name }) => `bullmq.${name}`).join(", ")}`);
  });
};

const wipeRedis = async (url: string): Promise<void> => {
  const redis = new Redis(url);
  try {
    await redis.flushdb();
  } finally {
    await redis.quit();
  }
};
