import "server-only";

import type { PoolClient } from "pg";

import { keepFormerSightings } from "@/lib/db/queries/former-sightings";
import { compareStage, writeDiff, type Diff } from "@/lib/db/queries/generation";
import { countLive, lockTeam, refreshTeam } from "@/lib/db/queries/team-view";
import { SYSTEM } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { RemovalRule } from "@/lib/domain/feed/removal";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { announceSharedSql } from "@/lib/services/subscriptions/announce-shared";

import type { KnownRows } from "./known-rows";
import { assertHeld, type ClaimedRun } from "./run-lease";

type Options = {
  workerId: string;
  rule: RemovalRule;
  extent: "full" | "delta";
  now: Date;
  /** What was taken as known while the list was read; null: everything is staged. */
  known?: KnownRows | null;
  /** See `compareStage`. */
  isRegistered?: boolean;
  /** See `refreshTeam`. */
  screenedBy: number;
};
/** `unique`: of the active ones those that no other feed of the team has. */
export type Committed = { diff: Diff; active: number; unique: number; now: Date };

/**
 * Makes what is staged the feed's live generation, in the caller's transaction: intervals, the team's view, audit and
 * announcements. `finish` writes the run's own row. Throws when the run was overtaken, so that nothing of it stays.
 */
export const commitStage = async (
  client: PoolClient,
  run: ClaimedRun,
  { workerId, rule, extent, now, known = null, isRegistered = false, screenedBy }: Options,
  finish: (committed: Committed) => Promise<void>,
): Promise<void> => {
  const { feedId, teamId, number: generation } = run;
  assertStillKnown(known, await lockFeed(client, run));
  await known?.listUnseen(client);
  await compareStage(client, { feedId, rule, now, isRegistered });
  // Only what a person lets through may be what a rollback left.
  if (run.isAccepted) await keepFormerSightings(client, { feedId, generation });
  const passed = known?.passed() ?? null;
  const options = { feedId, teamId, generation, now, rule, extent, passed } as const;
  const diff = await writeDiff(client, { ...options, stageHolds: "all" });
  await commitChanges(client, run, { workerId, diff, screenedBy, finish });
};

type Changes = {
  workerId: string;
  diff: Diff;
  /** See `refreshTeam`. */
  screenedBy?: number | null;
  finish: (committed: Committed) => Promise<void>;
};

/** The second half of `commitStage`, for intervals that are written already: `touched` names what changed. */
export const commitChanges = async (
  client: PoolClient,
  run: ClaimedRun,
  { workerId, diff, screenedBy = null, finish }: Changes,
): Promise<void> => {
  const { feed, feedId, teamId } = run;
  // Taken under the lock: whoever plans compares it with when the team's indicators were read.
  const now =
    diff.touched > 0
      ? await refreshLocked(client, teamId, { openedBy: diff.opened > 0 ? feedId : null, screenedBy })
      : new Date();
  const { active, unique } = await countLive(client, feedId, teamId);
  await assertHeld(client, run.id, workerId);
  await finish({ diff, active, unique, now });
  if (diff.touched === 0) return;
  const { added, changed, removed } = diff;
  await recordAuditSql(
    client,
    {
      teamId,
      doer: SYSTEM,
      action: "run.apply",
      subject: { type: "run", id: run.id },
      detail: { feed: feed.name, number: run.number, added, changed, removed, active },
    },
    now,
  );
  await announcePlansSql(client, teamId);
  await announceSharedSql(client, feedId);
};

/** Throws when what was taken as known does not stand any more: whoever leaves the live generation has the run begin anew. */
export const assertStillKnown = (known: KnownRows | null, { live }: { live: number }): void => {
  if (known !== null && known.generation !== live)
    throw new Error("The live generation was left while this run was under way; it begins anew.");
};

/** Merges the touched values anew under the team's lock; gives the moment at which they were read. */
export const refreshLocked = async (
  client: PoolClient,
  teamId: string,
  brought: { openedBy?: string | null; screenedBy?: number | null } = {},
): Promise<Date> => {
  await lockTeam(client, teamId);
  const now = new Date();
  await refreshTeam(client, teamId, { now, ...brought });
  return now;
};

/**
 * A local list or a second run of the feed must not change its intervals between the comparison and the commit; what was
 * taken out, or went on to a newer generation, while this run worked stays as it is.
 */
export const lockFeed = async (
  client: PoolClient,
  { feedId, number }: ClaimedRun,
): Promise<{ live: number }> => {
  const { rows } = await client.query<{ live: number; isDeleted: boolean }>(
    `SELECT live_generation AS live, deleted_at IS NOT NULL AS "isDeleted" FROM feed WHERE id = $1 FOR UPDATE`,
    [feedId],
  );
  const [feed] = rows;
  if (!feed || feed.isDeleted)
    throw new AppError(
      "not_found",
      "The feed was taken out while this run was under way. Nothing was changed.",
    );
  if (feed.live >= number)
    throw new AppError(
      "conflict",
      `Run ${String(feed.live)} is newer and live already. Nothing of this one was used.`,
    );
  return { live: feed.live };
};
