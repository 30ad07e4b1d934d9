import "server-only";

import type { PoolClient } from "pg";

import {
  countVouchedByType,
  createStage,
  keepSweepOut,
  mergeDuplicates,
  type StagedCount,
} from "@/lib/db/queries/generation";
import { openRegistrar } from "@/lib/db/queries/registrar";
import { useMuchMemory } from "@/lib/db/queries/planning";
import { bulkAsTeam } from "@/lib/db/scope";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import { judgeRun, type GuardVerdict, type TypeCounts } from "@/lib/domain/feed/guards";
import { findRobotCheck } from "@/lib/domain/feed/robot-check";
import { toRemovalRule } from "@/lib/domain/feed/removal";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { getFormat } from "@/lib/feeds/registry";
import { decodeSample } from "@/lib/feeds/text/decode";
import { isWebPage } from "@/lib/feeds/text/web-page";
import { openScreener } from "@/lib/services/allowlists/open-screener";

import type { SpooledBody } from "./body-spool";
import { assertStillKnown, commitStage, lockFeed } from "./commit-stage";
import { finishRun, holdForReview } from "./finish-run";
import { openKnownRows, type KnownRows } from "./known-rows";
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
    const { feed } = run;
    const { settings, fetched, workerId } = options;
    await useMuchMemory(client);
    const rule = toRemovalRule({ ...feed, ...settings });
    await createStage(client);
    const known = await openKnownRows(client, { feedId: run.feedId, rule });
    const format = getFormat(feed.kind === "upload" ? settings.format : feed.kind);
    const acceptsBroken = run.isAccepted || (fetched !== null && fetched.body.cutShort !== null);
    const reading = { ...settings, now: new Date(), acceptsBroken };
    const parsed = format.parse(options.read(), reading, options.signal);
    const { maxRows } = settings.limits;
    const bytes = fetched?.body.bytes ?? null;
    await keepSweepOut(client);
    const registrar = openRegistrar(run.teamId);
    const { stop, version: screenedBy } = await openScreener(client, run.teamId);
    const aim = { defaults: feed, stop, maxRows, known, registrar, bytes };
    const staged = await stageRows(client, parsed, aim);
    const again = (await known?.stageAgain(client)) ?? NONE_AGAIN;
    const merged = await mergeDuplicates(client, nameSuspects(staged.suspects, again.keys));
    const duplicate = staged.repeated + sumOf(merged);
    const { found, foundByType } = countFound({
      staged: [...staged.staged, ...again.counts],
      merged,
      passed: known?.passed() ?? null,
    });
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

    const verdict = await judge(client, run, { ...options, found: found.all, foundByType, known });
    if (verdict.held) {
      assertStillKnown(known, await lockFeed(client, run));
      await assertHeld(client, run.id, workerId);
      await holdForReview(client, { ...context, wouldBe: found, verdict });
      return "held";
    }
    const { isRegistered } = staged;
    const commit = { workerId, rule, extent, now: context.now, known, isRegistered, screenedBy };
    await commitStage(client, run, commit, (committed) => finishRun(client, { ...context, ...committed }));
    return "succeeded";
  });

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

const NONE_AGAIN: Awaited<ReturnType<KnownRows["stageAgain"]>> = { keys: [], counts: [] };
/** Beyond this, any value may have several rows: it takes longer to name them than to look. */
const MOST_NAMED = 200_000;
const nameSuspects = (staged: readonly string[] | null, again: readonly string[]): string[] | null =>
  staged === null || again.length > MOST_NAMED ? null : [...staged, ...again];
const sumOf = (counts: readonly StagedCount[]): number => counts.reduce((sum, { count }) => sum + count, 0);

type FoundOptions = {
  staged: readonly StagedCount[];
  merged: readonly StagedCount[];
  passed: ReturnType<KnownRows["passed"]> | null;
};

/** How many values the list holds, in all and by type: those staged and not merged, and those passed over as known. */
const countFound = ({
  staged,
  merged,
  passed,
}: FoundOptions): { found: { all: number; screened: number }; foundByType: TypeCounts } => {
  const byType = new Map(passed?.byType);
  const found = { all: passed?.all ?? 0, screened: passed?.screened ?? 0 };
  const add = ({ type, screened, count }: StagedCount, sign: 1 | -1): void => {
    byType.set(type, (byType.get(type) ?? 0) + sign * count);
    found.all += sign * count;
    if (screened) found.screened += sign * count;
  };
  for (const count of staged) add(count, 1);
  for (const count of merged) add(count, -1);
  return { found, foundByType: toTypeCounts(byType) };
};

type JudgeOptions = Options & { found: number; foundByType: TypeCounts; known: KnownRows | null };

/** What a person accepted is not judged; what only says what changed is, if it leads back to what a rollback left. */
const judge = async (
  client: PoolClient,
  run: ClaimedRun,
  { settings, fetched, isRolledBack, found, foundByType, known }: JudgeOptions,
): Promise<GuardVerdict> => {
  if (run.isAccepted || !fetched || (fetched.extent === "delta" && !isRolledBack)) return { held: false };
  const start = decodeSample(fetched.body.head, "auto");
  const liveByType = toTypeCounts(known?.liveByType() ?? (await countVouched(client, run.feedId)));
  return judgeRun(
    {
      live: Object.values(liveByType).reduce((sum, count) => sum + count, 0),
      liveByType,
      found,
      foundByType,
      bytes: fetched.body.bytes,
      isWebPage: isWebPage(start),
      robotCheck: findRobotCheck({ text: start }),
      cutShort: fetched.body.cutShort,
      isRolledBack,
    },
    { shrinkLimitPercent: run.feed.shrinkLimitPercent, ...settings.guards },
  );
};

const countVouched = async (client: PoolClient, feedId: string): Promise<ReadonlyMap<number, number>> =>
  new Map((await countVouchedByType(client, feedId)).map(({ type, count }) => [type, count]));

const toTypeCounts = (counts: ReadonlyMap<number, number>): TypeCounts =>
  Object.fromEntries([...counts].map(([type, count]) => [indicatorTypeFromCode(type), count]));
