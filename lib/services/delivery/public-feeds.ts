import "server-only";

import type { PoolClient } from "pg";

/** Whether a team has a feed of this name that may be named where other teams read. */
export type IsPublicFeed = (teamId: string, feedName: string) => boolean;

/** Reads which feeds of these teams are everybody's now. */
export const readPublicFeeds = async (
  client: PoolClient,
  teamIds: readonly string[],
): Promise<IsPublicFeed> => {
  const { rows } = await client.query<{ teamId: string; name: string }>(
    `SELECT team_id AS "teamId", name FROM feed
     WHERE team_id = ANY ($1::uuid[]) AND visibility = 'everyone' AND deleted_at IS NULL`,
    [teamIds],
  );
  const known = new Set(rows.map(({ teamId, name }) => keyOf(teamId, name)));
  return (teamId, feedName) => known.has(keyOf(teamId, feedName));
};

const keyOf = (teamId: string, feedName: string): string => `${teamId} ${feedName}`;
