import "server-only";

import { randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { asTeam } from "@/lib/db/scope";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { DefaultEnd } from "@/lib/domain/indicator/default-end";

export type LocalFeed = {
  id: string;
  number: number;
  confidence: number;
  tlp: number;
  tags: string[];
  defaultEnd: DefaultEnd;
};
type Row = Omit<LocalFeed, "defaultEnd"> & { days: number | null; settings: unknown };

/** The team's own list, made on first use, locked, with the number of the generation that the caller is about to write. */
export const openLocalFeed = async (client: PoolClient, teamId: string): Promise<LocalFeed> => {
  await makeLocalFeed(client, teamId);
  const { rows } = await client.query<Row>(
    `UPDATE feed SET last_run_number = last_run_number + 1, live_generation = last_run_number + 1
     WHERE team_id = $1 AND kind = 'local' AND deleted_at IS NULL
     RETURNING id, last_run_number AS number, confidence, tlp, tags, expiry_days AS days, settings`,
    [teamId],
  );
  const [feed] = rows;
  if (!feed) throw new Error("The team's own list could not be opened.");
  return withDefaultEnd(feed);
};

export type LocalDefaults = Omit<LocalFeed, "id" | "number">;

/** What the team's own list gives a value that says nothing of it; changes nothing but that the list is there. */
export const readLocalDefaults = async (client: PoolClient, teamId: string): Promise<LocalDefaults> => {
  await makeLocalFeed(client, teamId);
  const { rows } = await client.query<Omit<Row, "id" | "number">>(
    `SELECT confidence, tlp, tags, expiry_days AS days, settings FROM feed
     WHERE team_id = $1 AND kind = 'local' AND deleted_at IS NULL`,
    [teamId],
  );
  const [defaults] = rows;
  if (!defaults) throw new Error("The team's own list could not be opened.");
  return withDefaultEnd(defaults);
};

const withDefaultEnd = <T extends { days: number | null; settings: unknown }>({
  days,
  settings,
  ...facts
}: T) => ({
  ...facts,
  defaultEnd: toDefaultEnd(days, settings),
});

/** Makes the team's own list where it has none yet. */
export const makeLocalFeed = async (client: PoolClient, teamId: string): Promise<void> => {
  await client.query(
    `INSERT INTO feed (id, team_id, name, kind, removal, confidence, provider)
     SELECT $1, $2, 'Local indicators', 'local', 'keep', 75, 'Your team'
     WHERE NOT EXISTS (SELECT FROM feed WHERE team_id = $2 AND kind = 'local' AND deleted_at IS NULL)
     ON CONFLICT DO NOTHING`,
    [randomUUID(), teamId],
  );
};

/** How long what a team's people add stays valid unless they say otherwise, as its own list has it. */
export const readDefaultEnd = async (teamId: string): Promise<DefaultEnd> => {
  const feed = await asTeam(teamId, (tx) =>
    tx.feed.findFirst({
      where: { teamId, kind: "local", deletedAt: null },
      select: { expiryDays: true, settings: true },
    }),
  );
  return toDefaultEnd(feed?.expiryDays ?? null, feed?.settings);
};

const toDefaultEnd = (days: number | null, settings: unknown): DefaultEnd => ({
  days,
  daysByType: feedSettingsSchema.parse(settings ?? {}).expiryDaysByType,
});

type DeltaRun = {
  teamId: string;
  feed: LocalFeed;
  requestedBy: string;
  now: Date;
  counts: Partial<Record<"lines" | "values" | DeltaOutcome | "removed" | "active", number>>;
};
type DeltaOutcome = "added" | "changed" | "unchanged" | "duplicate" | "allowlisted" | "rejected";

/** Records the change as a delta run of the list: it carries its predecessor forward. */
export const recordDeltaRun = async (
  client: PoolClient,
  { teamId, feed, requestedBy, now, counts }: DeltaRun,
): Promise<string> => {
  const id = randomUUID();
  const { lines = 0, values = 0, added = 0, changed = 0, unchanged = 0, duplicate = 0 } = counts;
  const { allowlisted = 0, rejected = 0, removed = 0, active = 0 } = counts;
  await client.query(
    `INSERT INTO feed_run (id, feed_id, team_id, number, state, extent, trigger, requested_by, queued_at, started_at,
       finished_at, lines, "values", added, changed, unchanged, duplicate, allowlisted, rejected, removed, active)
     VALUES ($1, $2, $3, $4, 'succeeded', 'delta', 'local', $5, $6, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      id,
      feed.id,
      teamId,
      feed.number,
      requestedBy,
      now,
      lines,
      values,
      added,
      changed,
      unchanged,
      duplicate,
      allowlisted,
      rejected,
      removed,
      active,
    ],
  );
  return id;
};
