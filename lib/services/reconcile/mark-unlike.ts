import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";

import type { Unlike } from "./compare-records";
import { lockUntouched } from "./expected-records";

/** Has the receipts of whoever claims these records say how they are shown. They stay accepted: nothing is to be put right. */
export const markUnlike = async (client: PoolClient, unlike: readonly Unlike[]): Promise<true> => {
  const untouched = await lockUntouched(client, unlike);
  await client.query(
    `UPDATE receipt x SET reason = s.reason, changed_at = $3 FROM (
       SELECT y.connector_id, y.indicator_id, u.reason FROM unnest($1::uuid[], $2::text[]) AS u (record_id, reason)
       JOIN claim c ON c.record_id = u.record_id
       JOIN receipt y ON y.connector_id = c.connector_id AND y.indicator_id = c.indicator_id
       WHERE y.state = 'accepted' AND y.drift IS NULL AND y.reason IS DISTINCT FROM u.reason
       ORDER BY y.connector_id, y.indicator_id FOR UPDATE OF y
     ) s WHERE x.connector_id = s.connector_id AND x.indicator_id = s.indicator_id`,
    [
      ...[untouched.map(({ recordId }) => recordId), untouched.map(({ reason }) => reason)],
      await readClock(client),
    ],
  );
  return true;
};
