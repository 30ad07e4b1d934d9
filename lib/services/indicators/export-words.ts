import "server-only";

import { Prisma } from "@/lib/db/generated/client";

import type { ListedIndicator } from "./list-indicators";
import type { Query } from "./list-indicators-rows";

/** A listed indicator with what its team's own list says of it: what a person wrote is not lost by an export. */
export type Exported = ListedIndicator & { comment: string; action: string | null; severity: string | null };

type Words = { id: string; team: string; comment: string; action: string | null; severity: string | null };

/**
 * Adds to a page of indicators what the own list of each one's team says of it. Asks over the connection that read the page: if
 * many exports held one and each waited for a second, none would go on.
 */
export const withWords = async (
  query: Query,
  indicators: readonly ListedIndicator[],
): Promise<readonly Exported[]> => {
  const ids = [...new Set(indicators.map(({ id }) => id))];
  const rows = await query<Words>(
    Prisma.sql`
      SELECT i.key AS id, team.slug AS team, a.comment, a.context ->> 'action' AS action,
        a.context ->> 'severity' AS severity
      FROM indicator i JOIN attribution a ON a.indicator_id = i.id JOIN feed f ON f.id = a.feed_id
      JOIN team ON team.id = a.team_id
      WHERE i.key = ANY (${ids}::uuid[]) AND a.until_generation IS NULL AND f.kind = 'local' AND f.deleted_at IS NULL`,
  );
  const words = new Map(rows.map(({ id, team, ...said }) => [`${team} ${id}`, said]));
  return indicators.map((one) => ({
    ...one,
    ...(words.get(`${one.team} ${one.id}`) ?? NOTHING),
  }));
};

const NOTHING = { comment: "", action: null, severity: null };
