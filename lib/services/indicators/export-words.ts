import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

import type { ListedIndicator } from "./list-indicators";

/** A listed indicator with what its team's own list says of it: what a person wrote is not lost by an export. */
export type Exported = ListedIndicator & { comment: string; action: string | null; severity: string | null };

type Words = { id: string; team: string; comment: string; action: string | null; severity: string | null };

/** Adds to a page of indicators what the own list of each one's team says of it. */
export const withWords = async (
  actor: Actor,
  indicators: readonly ListedIndicator[],
): Promise<readonly Exported[]> => {
  const ids = [...new Set(indicators.map(({ id }) => id))];
  const rows = await asActor(
    actor,
    (tx) => tx.$queryRaw<Words[]>`
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
