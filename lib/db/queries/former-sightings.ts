import type { PoolClient } from "pg";

/**
 * What a rollback took away with this very generation, and comes back with it, was first seen when it first came: going back and forward
 * again changes nothing of that.
 */
export const keepFormerSightings = async (
  client: PoolClient,
  { feedId, generation }: { feedId: string; generation: number },
): Promise<void> => {
  await client.query(
    `UPDATE resolved r SET first_seen = taken.first_seen, expires_at = r.expires_at - (r.first_seen - taken.first_seen)
     FROM (
       -- Nothing but a rollback ends an interval with the generation that opened it.
       SELECT indicator_id AS id, min(first_seen) AS first_seen FROM attribution
       WHERE feed_id = $1 AND until_generation = $2 AND from_generation = $2 GROUP BY 1
     ) taken
     WHERE r.id = taken.id AND r.verdict = 'added' AND taken.first_seen < r.first_seen`,
    [feedId, generation],
  );
};
