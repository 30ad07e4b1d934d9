import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";

/** What stands at a connector's destination, was not sent from here, and was adopted: how it stands there, and who did. */
export type Adopted = z.output<typeof rowSchema>;

type Options = { teamIds: readonly string[]; values: readonly string[] };

/** Of these values, what teams adopted and no push has made theirs yet. */
export const readAdopted = async (tx: Tx, { teamIds, values }: Options): Promise<Adopted[]> => {
  if (values.length === 0) return [];
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT s.connector_id AS "connectorId", c.name AS connector, team.slug AS team, s.type, s.value, s.shown->>'action' AS action,
      s.shown->>'severity' AS severity, s.decided_by_name AS by
    FROM stranger s JOIN connector c ON c.id = s.connector_id JOIN team ON team.id = s.team_id
    WHERE s.team_id = ANY (${[...teamIds]}::uuid[]) AND s.value = ANY (${[...values]}::text[]) AND s.type IS NOT NULL
      AND s.choice = 'adopt' AND s.gone_at IS NULL AND NOT s.is_duplicate
    ORDER BY c.name, s.remote_id`;
  return z.array(rowSchema).parse(rows);
};

const rowSchema = z.object({
  connectorId: z.string(),
  connector: z.string(),
  team: z.string(),
  type: z.number().transform(indicatorTypeFromCode),
  value: z.string(),
  action: z.enum(ACTIONS).nullable(),
  severity: z.enum(SEVERITIES).nullable(),
  by: z
    .string()
    .nullable()
    .transform((by) => by ?? "somebody"),
});
