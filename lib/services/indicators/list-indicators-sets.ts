import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { findTagged } from "@/lib/db/queries/find-tagged";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";

import { selectSet } from "./list-indicators-conditions";
import type { Query } from "./list-indicators-rows";

/** Rows that one condition of a filter names by an index of its own, and what the filter asks besides. */
export type NamedSet = {
  /** Gives `team_id` and `id` of each. */
  keys: Prisma.Sql;
  rest: IndicatorFilter;
};

/** So many rows are looked up one by one sooner than all of a large team's are read. */
const FEW = 10_000;

/** The rows that were added by a person, came with an event or have a tag, where they are few; null where a filter names none. */
export const findFewNamed = async (
  query: Query,
  { teamIds, filter }: { teamIds: readonly string[]; filter: IndicatorFilter },
): Promise<NamedSet | null> => {
  const set = selectSet(filter, teamIds);
  if (set !== null) {
    const [row] = await query<{ count: bigint | string }>(
      Prisma.sql`SELECT count(*) FROM (SELECT FROM (${set}) named LIMIT ${FEW + 1}) counted`,
    );
    const rest = { ...filter, addedBy: undefined, event: undefined };
    // Two feeds of a team may name one value with one event.
    const keys = Prisma.sql`SELECT DISTINCT team_id, id FROM (${set}) named`;
    return Number(row?.count) > FEW ? null : { keys, rest };
  }
  const { tag } = filter;
  if (tag === undefined) return null;
  const tagged = await findTagged(query, { teamIds, tag, most: FEW + 1 });
  if (tagged.length > FEW) return null;
  const keys = Prisma.sql`SELECT * FROM unnest(${tagged.map(({ teamId }) => teamId)}::uuid[],
    ${tagged.map(({ indicatorId }) => String(indicatorId))}::bigint[]) AS tagged (team_id, id)`;
  return { keys, rest: filter };
};
