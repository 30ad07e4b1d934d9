import "server-only";

import type { PoolClient } from "pg";

import {
  compareStage,
  countActive,
  countStaged,
  countStagedByType,
  countVouchedByType,
  createStage,
  lockTeam,
  mergeDuplicates,
  refreshTeam,
  writeDiff,
} from "@/lib/db/queries/generation";
import { bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import { judgeRun, type GuardVerdict, type TypeCounts } from "@/lib/domain/feed/guards";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { getFormat } from "@/lib/feeds/registry";
import { decodeSample } from "@/lib/feeds/text/decode";
import { isWebPage } from "@/lib/feeds/text/web-page";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announcePlansSql } from "@/lib/services/delivery/announce-plans";

import type { SpooledBody } from "./body-spool";
import { finishRun, holdForReview } from "./finish-run";
import type { GoodFetch } from "./obtain-body";
import { assertHeld, type ClaimedRun } from "./run-lease";
import { stageRows } from "./stage-rows";

type Options = {
  workerId: string;
  signal: AbortSignal;
  settings: FeedSettings;
  read: SpooledBody["read"];
  /** Null: the bytes were kept before. */
  fetched: GoodFetch | null;
  isRolledBack: boolean;
};
export type ApplyOutcome = "succeeded" | "held";

/** Reads a body and makes it the feed's live generation in one transaction, or holds it for a person. */
export const applyBody = (run: ClaimedRun, options: Options): Promise<ApplyOutcome> =>
  bulkAsTeam(run.teamId, async (client) => {
    const { feed, feedId, teamId } = run;
    const { settings, fetched, workerId } = options;
    await createStage(client);
    const format = getFormat(feed.kind === "upload" ? settings.format : feed.kind);
    const parsed = format.parse(options.read(), { ...settings, now: new Date() }, options.signal);
    const staged = await stageRows(client, parsed, feed, settings.limits.maxRows);
    const duplicate = await mergeDuplicates(client);
    const found = await countStaged(client);
    const foundByType = toTypeCounts(await countStagedByType(client));
    const bodyId = await keepBody(client, run, fetched);
    const extent = fetched?.extent ?? "full";
    const context = {
      run,
      now: new Date(),
      bodyId,
      staged,
      duplicate,
      fetched,
      extent,
      countsByType: foundByType,
    };

    const verdict = await judge(client, run, { ...options, found: found.all, foundByType });
    if (verdict.held) {
      await assertHeld(client, run.id, workerId);
      await holdForReview(client, { ...context, wouldBe: found, verdict });
      return "held";
    }
    await lockFeed(client, run);
    await compareStage(client, feedId);
    const diff = await writeDiff(client, {
      feedId,
      teamId,
      generation: run.number,
      now: context.now,
      removal: feed.removal,
      expiryDays: feed.expiryDays ?? DEFAULT_EXPIRY_DAYS,
      extent: "full",
      removedIds: [],
    });
    // Taken under the lock: whoever plans compares it with when the team's indicators were read.
    const now = diff.touched > 0 ? await refreshLocked(client, teamId) : new Date();
    const active = await countActive(client, feedId, teamId);
    await assertHeld(client, run.id, workerId);
    await finishRun(client, { ...context, now, diff, active });
    if (diff.touched > 0) {
      const subject = { type: "run", id: run.id };
      const { added, changed, removed } = diff;
      const detail = { feed: feed.name, number: run.number, added, changed, removed, active };
      await recordAuditSql(client, { teamId, doer: SYSTEM, action: "run.apply", subject, detail }, now);
      await announcePlansSql(client, teamId);
    }
    return "succeeded";
  });

const refreshLocked = async (client: PoolClient, teamId: string): Promise<Date> => {
  await lockTeam(client, teamId);
  const now = new Date();
  await refreshTeam(client, teamId, now);
  return now;
};

const keepBody = async (
  client: PoolClient,
  run: ClaimedRun,
  fetched: GoodFetch | null,
): Promise<string | null> => {
  if (!fetched) return run.bodyId ?? run.feed.bodyId;
  const bodyId = await fetched.body.save(client, null);
  if (fetched.sourceState !== null)
    await client.query("UPDATE body SET source_state = $2 WHERE id = $1", [
      bodyId,
      JSON.stringify(fetched.sourceState),
    ]);
  return bodyId;
};

type JudgeOptions = Options & { found: number; foundByType: TypeCounts };

/** What a person accepted, and what only says what changed, is not judged. */
const judge = async (
  client: PoolClient,
  run: ClaimedRun,
  { settings, fetched, isRolledBack, found, foundByType }: JudgeOptions,
): Promise<GuardVerdict> => {
  if (run.isAccepted || !fetched || fetched.extent === "delta") return { held: false };
  const liveByType = toTypeCounts(await countVouchedByType(client, run.feedId));
  return judgeRun(
    {
      live: Object.values(liveByType).reduce((sum, count) => sum + count, 0),
      liveByType,
      found,
      foundByType,
      bytes: fetched.body.bytes,
      isWebPage: isWebPage(decodeSample(fetched.body.head, "auto")),
      cutShort: fetched.body.cutShort,
      isRolledBack,
    },
    { shrinkLimitPercent: run.feed.shrinkLimitPercent, ...settings.guards },
  );
};

const toTypeCounts = (rows: readonly { type: number; count: number }[]): TypeCounts =>
  Object.fromEntries(rows.map(({ type, count }) => [indicatorTypeFromCode(type), count]));

// A local list or a second run of the feed must not change its intervals between the comparison and the commit; what was
// taken out, or went on to a newer generation, while this run worked stays as it is.
const lockFeed = async (client: PoolClient, { feedId, number }: ClaimedRun): Promise<void> => {
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
};

/** A value gone upstream lives on so long under the policy `expire`, unless the feed says otherwise. */
const DEFAULT_EXPIRY_DAYS = 30;
