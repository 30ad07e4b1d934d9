import "server-only";

import type { PoolClient } from "pg";

import { lockTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { openScreener, OUTDATED, type Screener } from "./open-screener";
import { readTeamValues } from "./read-team-values";

type Options = { signal: AbortSignal };

/**
 * Screens all that a team has by its lists as they stand, and has plans follow. What feeds bring meanwhile was screened by the
 * lists that they found, and is screened again when these have changed. Returns how many values came under a list or left one.
 */
export const rescreenTeam = async (teamId: string, { signal }: Options): Promise<number> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await bulkAsTeam(teamId, (client) => compare(client, teamId, signal));
    if (found === null) return 0;
    try {
      const changed = await bulkAsTeam(teamId, (client) => write(client, teamId, found));
      await relayOutbox();
      return changed;
    } catch (error) {
      if (!(error instanceof ListsChanged)) throw error;
    }
  }
  throw new AppError("conflict", "The team's lists change faster than its values are screened.", {
    retry: "later",
  });
};

const TRIES = 5;

/** Undoes what was written by lists that do not stand any more. */
class ListsChanged extends Error {}

type Found = {
  screener: Screener;
  /** What now stands under another list than before, by the mark that it has now. */
  moved: Map<string | null, string[]>;
  hits: Map<string, number>;
  /**
   * Live values that may be watched only: what was planned for them may be too much now. Those of the last screening count as
   * well: they may be blocked again.
   */
  watched: number;
};

const compare = async (client: PoolClient, teamId: string, signal: AbortSignal): Promise<Found | null> => {
  const screener = await openScreener(client, teamId);
  // A worker of the version that the installation goes by does it; the sweep announces it until one has.
  if (screener.version === OUTDATED) return null;
  if (await isScreenedBy(client, teamId, screener.version)) return null;
  const moved = new Map<string | null, string[]>();
  const hits = new Map<string, number>();
  let watched = 0;
  for await (const values of readTeamValues(client, teamId)) {
    signal.throwIfAborted();
    for (const { id, type, value, screenedBy, isActive } of values) {
      const marks = screener.screenAll(type, value);
      const [first] = marks;
      const mark = first?.effect === "stop" ? first.list : null;
      if (mark !== screenedBy) {
        const sameMark = moved.get(mark);
        if (sameMark) sameMark.push(id);
        else moved.set(mark, [id]);
      }
      if (isActive && first?.effect === "audit-only") watched += 1;
      if (isActive) for (const { list } of marks) hits.set(list, (hits.get(list) ?? 0) + 1);
    }
  }
  return { screener, moved, hits, watched };
};

const isScreenedBy = async (client: PoolClient, teamId: string, version: number): Promise<boolean> => {
  const { rowCount } = await client.query("SELECT FROM team WHERE id = $1 AND screened_version = $2", [
    teamId,
    version,
  ]);
  return rowCount === 1;
};

const write = async (
  client: PoolClient,
  teamId: string,
  { screener, moved, hits, watched }: Found,
): Promise<number> => {
  await lockTeam(client, teamId);
  const now = new Date();
  let changed = 0;
  for (const [mark, ids] of moved) changed += await move(client, { teamId, mark, ids, now });
  await client.query("DELETE FROM screening_hit WHERE team_id = $1", [teamId]);
  await client.query(
    "INSERT INTO screening_hit (team_id, list, hits) SELECT $1, * FROM unnest($2::text[], $3::int[])",
    [teamId, [...hits.keys()], [...hits.values()]],
  );
  // Last, since whoever changes a list or recalls something waits for this row.
  const { rows } = await client.query<{ watchedBefore: number }>(
    `UPDATE team SET screened_version = $2, screened_at = $3, screened_watched = $4 FROM team before
     WHERE team.id = $1 AND before.id = team.id AND team.screening_version = $2
     RETURNING before.screened_watched AS "watchedBefore"`,
    [teamId, screener.version, now, watched],
  );
  const [before] = rows;
  if (before === undefined) throw new ListsChanged();
  if (changed + watched + before.watchedBefore > 0 || (await sendsAddresses(client, teamId)))
    await announcePlansSql(client, teamId);
  return changed;
};

/** Addresses that go out for their networks are no values of the team's: lists may have met them unseen. */
const sendsAddresses = async (client: PoolClient, teamId: string): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM connector WHERE team_id = $1 AND deleted_at IS NULL AND (selection->>'expandNetworksUpTo')::int > 0 LIMIT 1`,
    [teamId],
  );
  return rowCount === 1;
};

type Move = { teamId: string; mark: string | null; ids: readonly string[]; now: Date };

const move = async (client: PoolClient, { teamId, mark, ids, now }: Move): Promise<number> => {
  let changed = 0;
  for (let start = 0; start < ids.length; start += PIECE) {
    const { rowCount } = await client.query(
      `UPDATE team_indicator SET screened_by = $3, changed_at = $4
       WHERE team_id = $1 AND indicator_id = ANY ($2::bigint[]) AND screened_by IS DISTINCT FROM $3`,
      [teamId, ids.slice(start, start + PIECE), mark, now],
    );
    changed += rowCount ?? 0;
  }
  return changed;
};

const PIECE = 10_000;
