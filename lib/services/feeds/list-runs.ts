import "server-only";

import { asActor, asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { RUN_SELECT, toRunView, type RunView } from "./run-view";

export type RunWithTeam = RunView & { teamId: string };

/** A feed's runs, newest first. `before` is the number of the last run already seen. */
export const listRuns = async (
  feed: { id: string; teamId: string },
  { limit, before }: { limit: number; before: number | null },
): Promise<{ runs: RunView[]; next: number | null }> => {
  const rows = await asTeam(feed.teamId, (tx) =>
    tx.feedRun.findMany({
      where: { feedId: feed.id, teamId: feed.teamId, ...(before !== null && { number: { lt: before } }) },
      orderBy: { number: "desc" },
      take: limit + 1,
      select: RUN_SELECT,
    }),
  );
  const page = rows.slice(0, limit);
  return { runs: page.map(toRunView), next: rows.length > limit ? (page.at(-1)?.number ?? null) : null };
};

/** The newest run before that number whose list went live; null when there is none. */
export const findGenerationBefore = async (
  feed: { id: string; teamId: string },
  number: number,
): Promise<RunView | null> => {
  const run = await asTeam(feed.teamId, (tx) =>
    tx.feedRun.findFirst({
      where: { feedId: feed.id, teamId: feed.teamId, state: "succeeded", number: { lt: number } },
      orderBy: { number: "desc" },
      select: RUN_SELECT,
    }),
  );
  return run && toRunView(run);
};

/** One run of a team the actor has a part in. A foreign run and an unknown one are the same `not_found`. */
export const getRun = async (actor: Actor, runId: string): Promise<RunWithTeam> => {
  const teamIds = actor.teams.map(({ id }) => id);
  const run = await asActor(actor, (tx) =>
    tx.feedRun.findFirst({ where: { id: runId, teamId: { in: teamIds } }, select: RUN_SELECT }),
  );
  if (!run) throw new AppError("not_found", "There is no such run.");
  return { ...toRunView(run), teamId: run.teamId };
};

export type RejectedRow = { ordinal: number; line: number; raw: string; code: string; reason: string };

/** The rejected rows of a run, with line, text and reason, in their order; at most the 1,000 that are kept. */
export const listRejections = (
  run: { id: string; teamId: string },
  { limit, after }: { limit: number; after: number },
): Promise<RejectedRow[]> =>
  asTeam(run.teamId, (tx) =>
    tx.runRejection.findMany({
      where: { runId: run.id, teamId: run.teamId, ordinal: { gt: after } },
      orderBy: { ordinal: "asc" },
      take: limit,
      select: { ordinal: true, line: true, raw: true, code: true, reason: true },
    }),
  );

/** Of each reason the first rejected row that was kept, in the order of the rows. */
export const listRejectionSamples = (run: { id: string; teamId: string }): Promise<RejectedRow[]> =>
  asTeam(run.teamId, (tx) =>
    tx.runRejection.findMany({
      where: { runId: run.id, teamId: run.teamId },
      orderBy: { ordinal: "asc" },
      distinct: ["code"],
      select: { ordinal: true, line: true, raw: true, code: true, reason: true },
    }),
  );
