import "server-only";

import type { PoolClient } from "pg";

import {
  countStaged,
  countStagedByType,
  countVouchedByType,
  createStage,
  mergeDuplicates,
} from "@/lib/db/queries/generation";
import { bulkAsTeam } from "@/lib/db/scope";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import { judgeRun, type GuardVerdict, type TypeCounts } from "@/lib/domain/feed/guards";
import { toRemovalRule } from "@/lib/domain/feed/removal";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { getFormat } from "@/lib/feeds/registry";
import { decodeSample } from "@/lib/feeds/text/decode";
import { isWebPage } from "@/lib/feeds/text/web-page";

import type { SpooledBody } from "./body-spool";
import { commitStage } from "./commit-stage";
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
    const { feed } = run;
    const { settings, fetched, workerId } = options;
    await createStage(client);
    const format = getFormat(feed.kind === "upload" ? settings.format : feed.kind);
    const acceptsBroken = run.isAccepted || (fetched !== null && fetched.body.cutShort !== null);
    const reading = { ...settings, now: new Date(), acceptsBroken };
    const parsed = format.parse(options.read(), reading, options.signal);
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
    const rule = toRemovalRule({ ...feed, ...settings });
    await commitStage(client, run, { workerId, rule, extent, now: context.now }, (committed) =>
      finishRun(client, { ...context, ...committed }),
    );
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

type JudgeOptions = Options & { found: number; foundByType: TypeCounts };

/** What a person accepted is not judged; what only says what changed is, if it leads back to what a rollback left. */
const judge = async (
  client: PoolClient,
  run: ClaimedRun,
  { settings, fetched, isRolledBack, found, foundByType }: JudgeOptions,
): Promise<GuardVerdict> => {
  if (run.isAccepted || !fetched || (fetched.extent === "delta" && !isRolledBack)) return { held: false };
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
