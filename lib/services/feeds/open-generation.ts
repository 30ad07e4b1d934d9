import "server-only";

import type { PoolClient } from "pg";

import { keepStageAs, stageAttributions } from "@/lib/db/queries/comparison";
import { createStage, mergeDuplicates } from "@/lib/db/queries/generation";
import { asTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema, type FeedSettings } from "@/lib/domain/feed/feed";
import type { ParsedRow } from "@/lib/feeds/contract";
import { getFormat } from "@/lib/feeds/registry";

import { stageRows } from "./stage-rows";
import { readStoredList } from "./stored-body";

export type Generation = {
  runId: string;
  feedId: string;
  teamId: string;
  number: number;
  /** Its rows were live once, or are. */
  isApplied: boolean;
  isLive: boolean;
  /** The feed's settings have changed since: today's are used to read it. */
  hasNewSettings: boolean;
  feed: { confidence: number; tlp: number; tags: string[]; settings: FeedSettings };
  sealedSecrets: string | null;
  /** Null: its bytes are not kept, or never were. */
  parse: ((signal: AbortSignal) => AsyncIterable<readonly ParsedRow[]>) | null;
};

/** What one run held, to be read by today's settings. Throws `not_found` for a run that held nothing or is not kept. */
export const openGeneration = async (teamId: string, runId: string): Promise<Generation> => {
  const run = await asTeam(teamId, (tx) =>
    tx.feedRun.findFirst({
      where: { id: runId, teamId },
      select: {
        number: true,
        state: true,
        bodyId: true,
        readingVersion: true,
        startedAt: true,
        queuedAt: true,
        feed: {
          select: {
            ...{ id: true, kind: true, settings: true, liveGeneration: true, readingVersion: true },
            ...{ confidence: true, tlp: true, tags: true, sealedSecrets: true },
          },
        },
      },
    }),
  );
  if (!run) throw new AppError("not_found", "There is no such run.");
  const { number, state, bodyId, feed } = run;
  const settings = feedSettingsSchema.parse(feed.settings);
  const isApplied = state === "succeeded" || state === "rolled_back";
  if (bodyId === null && state !== "succeeded") throw nothingKept(number, state);
  // Filters by age see the day of the run, not today.
  const reading = { ...settings, now: run.startedAt ?? run.queuedAt, acceptsBroken: true };
  const format = feed.kind === "upload" ? settings.format : feed.kind.replace("_", "-");
  return {
    runId,
    feedId: feed.id,
    teamId,
    number,
    isApplied,
    isLive: feed.liveGeneration === number,
    hasNewSettings: run.readingVersion !== feed.readingVersion,
    feed: { confidence: feed.confidence, tlp: feed.tlp, tags: feed.tags, settings },
    sealedSecrets: feed.sealedSecrets,
    parse:
      bodyId === null
        ? null
        : (signal) => getFormat(format).parse(readStoredList(teamId, bodyId, settings), reading, signal),
  };
};

const nothingKept = (number: number, state: string): AppError =>
  new AppError(
    "not_found",
    state === "unchanged"
      ? `Run ${String(number)} found what was there already, so it holds no rows of its own. Look at the run before it.`
      : `What run ${String(number)} fetched is not kept, so it cannot be looked at any more.`,
  );

/**
 * Stages what a generation holds under a name, merged as a run does it: the live one from what stands, others from their
 * bytes, and one without bytes from what the feed vouched for then.
 */
export const stageGeneration = async (
  client: PoolClient,
  generation: Generation,
  { name, signal }: { name: "this_generation" | "other_generation"; signal: AbortSignal },
): Promise<void> => {
  const { feedId, number, isLive, parse, feed } = generation;
  await createStage(client);
  if (isLive || parse === null) await stageAttributions(client, { feedId, generation: number });
  else {
    const { maxRows } = feed.settings.limits;
    // What is compared is what the list says, not what became of it.
    const aim = { defaults: feed, stop: () => null, maxRows, known: null };
    const { suspects } = await stageRows(client, parse(signal), aim);
    await mergeDuplicates(client, suspects);
  }
  await keepStageAs(client, name);
};
