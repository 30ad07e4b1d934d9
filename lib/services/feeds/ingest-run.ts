import "server-only";

import type { PoolClient } from "pg";

import {
  compareStage,
  countActive,
  countStaged,
  countVouched,
  createStage,
  mergeDuplicates,
  writeDiff,
} from "@/lib/db/queries/generation";
import { asTeam, bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { judgeShrink } from "@/lib/domain/feed/shrink-guard";
import { getFormat } from "@/lib/feeds/registry";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announcePlansSql } from "@/lib/services/delivery/announce-plans";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { assertIsData } from "./assert-is-data";
import type { SpooledBody } from "./body-spool";
import { openFeedSecrets } from "./feed-secrets";
import { fetchFeed } from "./fetch-feed";
import { failRun, finishRun, finishUnchanged, holdForReview } from "./finish-run";
import { assertHeld, claimRun, holdRun, type ClaimedRun } from "./run-lease";
import { stageRows } from "./stage-rows";
import { readStoredBody } from "./stored-body";

type Options = { workerId: string; signal: AbortSignal };
export type IngestOutcome = "nothing-to-do" | "succeeded" | "unchanged" | "held" | "failed";

/** A source that stumbles is asked again at once this often, as MineMeld does. */
const FETCH_RETRIES = 2;

/**
 * Carries out one run: fetch, parse, normalise, screen, merge; its rows become live in one transaction or not at all.
 * A source that fails ends the run as `failed` with the sentence a person needs and removes nothing. Throws only when
 * our own side fails (database, lost lease) or stops: the run's lease then runs out and another worker takes it over.
 */
export const ingestRun = async (runId: string, { workerId, signal }: Options): Promise<IngestOutcome> => {
  const run = await claimRun(runId, workerId);
  if (!run) return "nothing-to-do";
  const hold = holdRun(run, workerId, signal);
  try {
    return await carryOut(run, { workerId, signal: hold.signal });
  } catch (error) {
    // Whatever breaks off because this worker stops or lost the run says nothing about the source.
    if (hold.signal.aborted || !(error instanceof AppError)) throw error;
    await failRun(run, workerId, error);
    return "failed";
  } finally {
    hold.stop();
    await relayOutbox();
  }
};

const carryOut = async (run: ClaimedRun, options: Options): Promise<IngestOutcome> => {
  if (run.isAccepted && run.bodyId !== null) {
    const bodyId = run.bodyId;
    return applyBody(run, { ...options, read: () => readStoredBody(run.teamId, bodyId), fetched: null });
  }
  const { feed, feedId, teamId } = run;
  if (feed.url === null) throw new AppError("invalid_input", "This feed has no address to fetch.");
  const isFirst = feed.liveGeneration === 0;
  const fetched = await fetchFeed({
    url: feed.url,
    secrets: openFeedSecrets(feedId, feed.sealedSecrets),
    teamId,
    feedId,
    etag: isFirst ? null : feed.etag,
    lastModified: isFirst ? null : feed.lastModified,
    signal: options.signal,
    retries: FETCH_RETRIES,
  });
  if (fetched.status === "not-modified") return finishUnchanged(run, options.workerId, null);
  if (feed.contentHash?.equals(fetched.body.sha256) === true)
    return finishUnchanged(run, options.workerId, fetched);
  if (await wasDecidedAgainst(run, fetched.body.sha256))
    return finishUnchanged(run, options.workerId, fetched);
  assertIsData(fetched.body, fetched.contentType);
  return applyBody(run, { ...options, read: fetched.body.read, fetched });
};

// The bytes of a run that a person has not accepted need no second verdict every hour.
const wasDecidedAgainst = async (
  { feedId, teamId, number }: ClaimedRun,
  sha256: Buffer,
): Promise<boolean> => {
  const newest = await asTeam(teamId, (tx) =>
    tx.feedRun.findFirst({
      where: { feedId, teamId, number: { lt: number }, state: { in: ["succeeded", "held", "discarded"] } },
      orderBy: { number: "desc" },
      select: { state: true, bodyId: true },
    }),
  );
  if (!newest?.bodyId || newest.state === "succeeded") return false;
  const { bodyId } = newest;
  const body = await asTeam(teamId, (tx) =>
    tx.body.findFirst({ where: { id: bodyId, teamId }, select: { sha256: true } }),
  );
  return body !== null && sha256.equals(body.sha256);
};

type Fetched = Extract<Awaited<ReturnType<typeof fetchFeed>>, { status: "fetched" }>;
type ApplyOptions = Options & { read: SpooledBody["read"]; fetched: Fetched | null };

const applyBody = (run: ClaimedRun, options: ApplyOptions): Promise<IngestOutcome> =>
  bulkAsTeam(run.teamId, async (client) => {
    const { feed, feedId, teamId } = run;
    const now = new Date();
    const settings = feedSettingsSchema.parse(feed.settings);
    await createStage(client);
    const parsed = getFormat(feed.kind).parse(options.read(), settings, options.signal);
    const staged = await stageRows(client, parsed, feed);
    const duplicate = await mergeDuplicates(client);
    const { all, screened } = await countStaged(client);
    const bodyId = (await options.fetched?.body.save(client, null)) ?? run.bodyId;
    const context = {
      run,
      workerId: options.workerId,
      now,
      bodyId,
      staged,
      duplicate,
      fetched: options.fetched,
    };

    if (!run.isAccepted) {
      const verdict = judgeShrink(await countVouched(client, feedId), all, feed.shrinkLimitPercent);
      if (verdict.held) {
        await assertHeld(client, run.id, options.workerId);
        await holdForReview(client, { ...context, wouldBe: { all, screened }, message: verdict.message });
        return "held";
      }
    }
    await lockFeed(client, feedId);
    await compareStage(client, feedId);
    const diff = await writeDiff(client, {
      feedId,
      teamId,
      generation: run.number,
      now,
      removal: feed.removal,
      expiryDays: feed.expiryDays ?? DEFAULT_EXPIRY_DAYS,
      extent: "full",
      removedIds: [],
    });
    const hasChanged = diff.added + diff.changed + diff.removed > 0;
    const active = await countActive(client, feedId, teamId);
    await assertHeld(client, run.id, options.workerId);
    await finishRun(client, { ...context, diff, active });
    if (hasChanged) {
      const subject = { type: "run", id: run.id };
      const detail = { feed: feed.name, number: run.number, ...diff, active };
      await recordAuditSql(client, { teamId, doer: SYSTEM, action: "run.apply", subject, detail }, now);
      await announcePlansSql(client, teamId);
    }
    return "succeeded";
  });

// A local list or a second run of the feed must not change its intervals between the comparison and the commit.
const lockFeed = async (client: PoolClient, feedId: string): Promise<void> => {
  await client.query("SELECT FROM feed WHERE id = $1 FOR UPDATE", [feedId]);
};

/** A value gone upstream lives on so long under the policy `expire`, unless the feed says otherwise. */
const DEFAULT_EXPIRY_DAYS = 30;
