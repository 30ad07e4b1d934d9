import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import { SECOND_PERSON } from "@/lib/domain/indicator/second-person";

const ruleSchema = z.object({
  secondPerson: z.enum(SECOND_PERSON),
  waitsToWithdraw: z.boolean(),
  connectorActions: z.array(z.string()),
});
/** What of a team's own list waits for a second person. */
export type SecondPersonRule = z.output<typeof ruleSchema>;

/** The team's rule as it stands; what a connector's own rules may do counts as its action does, a paused connector counted: it sends what was let in once it goes on; no change of it lands before the caller's transaction is over. */
export const readSecondPersonRule = async (client: PoolClient, teamId: string): Promise<SecondPersonRule> => {
  const { rows } = await client.query(
    `SELECT second_person AS "secondPerson", second_person_withdrawals AS "waitsToWithdraw", array(
       SELECT DISTINCT given.action FROM connector c CROSS JOIN LATERAL (
         SELECT c.action UNION ALL SELECT rule->>'action' FROM jsonb_array_elements(c.rules) rule WHERE rule->>'action' IS NOT NULL
       ) given
       WHERE c.team_id = team.id AND c.kind = 'defender' AND c.deleted_at IS NULL
     ) AS "connectorActions"
     FROM team WHERE id = $1 FOR SHARE`,
    [teamId],
  );
  return ruleSchema.parse(rows[0]);
};
