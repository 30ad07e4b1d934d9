import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { sayAdopted } from "@/lib/domain/delivery/adopted-words";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";
import type { Query } from "@/lib/services/indicators/list-indicators-rows";

/** What stands at a connector's destination, was not sent from here, and was adopted: how it stands there, and who did. */
export type Adopted = z.output<typeof rowSchema>;

type Options = { teamIds: readonly string[]; values: readonly string[] };

/** Of these values, what teams adopted and no push has made theirs yet. */
export const readAdopted = async (query: Query, { teamIds, values }: Options): Promise<Adopted[]> => {
  if (values.length === 0) return [];
  const rows = await query<unknown>(Prisma.sql`
    SELECT s.connector_id AS "connectorId", c.name AS connector, team.slug AS team, s.type, s.value, s.shown->>'action' AS action,
      s.shown->>'severity' AS severity, s.decided_by_name AS by
    FROM stranger s JOIN connector c ON c.id = s.connector_id JOIN team ON team.id = s.team_id
    WHERE s.team_id = ANY (${[...teamIds]}::uuid[]) AND s.value = ANY (${[...values]}::text[]) AND s.type IS NOT NULL
      AND s.choice = 'adopt' AND s.gone_at IS NULL AND NOT s.is_duplicate
    ORDER BY c.name, s.remote_id`);
  return z.array(rowSchema).parse(rows);
};

type Told = { operation: string; code: string; reason: string; type: IndicatorType; value: string };
type Own = { connectorId: string; teamId: string };

/** Items of a plan, of which those that somebody adopted say that they stand there, although no push has made them the team's yet. */
export const withAdopted = async <Item extends Told>(
  query: Query,
  { connectorId, teamId }: Own,
  items: readonly Item[],
): Promise<Item[]> => {
  const values = items.filter(isNew).map(({ value }) => value);
  const adopted = (await readAdopted(query, { teamIds: [teamId], values })).filter(
    (one) => one.connectorId === connectorId,
  );
  const by = new Map(adopted.map((one) => [`${one.type} ${one.value}`, one.by]));
  return items.map((item) => {
    const adopter = isNew(item) ? by.get(`${item.type} ${item.value}`) : undefined;
    return adopter === undefined ? item : { ...item, reason: sayAdopted(item.reason, adopter) };
  });
};

const isNew = ({ operation, code }: Told): boolean => operation === "add" && code === "new";

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
