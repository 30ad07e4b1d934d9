import "server-only";

import { asSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";

/** All that another team may know of a shared feed before it subscribes. */
export type SharedFeed = {
  id: string;
  name: string;
  provider: string;
  /** How many values it holds. */
  active: number;
  /** Its owner has it stored and never pushed, which holds for every team that subscribes. */
  storeOnly: boolean;
  /** This team's subscription to it, if there is one. */
  subscriptionId: string | null;
};

/** Feeds of other teams that this team may subscribe to, by name. Nothing else of them is shown: no address, no value. */
export const listSharedFeeds = (teamId: string): Promise<SharedFeed[]> =>
  asSystem(
    "sharing",
    (tx) => tx.$queryRaw<SharedFeed[]>`
      SELECT f.id, f.name, 
        CASE WHEN f.kind = 'local' THEN 'Another team' ELSE f.provider END AS provider, coalesce(live.active, 0) AS active, f.store_only AS "storeOnly", s.id AS "subscriptionId"
      FROM feed f JOIN team ON team.id = f.team_id AND team.archived_at IS NULL
      LEFT JOIN feed_run live ON live.feed_id = f.id AND live.number = f.live_generation
      LEFT JOIN feed s ON s.source_feed_id = f.id AND s.team_id = ${teamId}::uuid AND s.deleted_at IS NULL
      WHERE f.visibility = 'everyone' AND f.deleted_at IS NULL AND f.team_id <> ${teamId}::uuid
      ORDER BY lower(f.name), f.id LIMIT 500`,
  );

/** One of them. A feed that is not shared, and one of the team's own, are the same `not_found` as an unknown one. */
export const getSharedFeed = async (teamId: string, feedId: string): Promise<SharedFeed> => {
  const found = (await listSharedFeeds(teamId)).find(({ id }) => id === feedId);
  if (!found) throw new AppError("not_found", "There is no such feed among those that you can see.");
  return found;
};
