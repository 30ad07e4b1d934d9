import "server-only";

import { z } from "zod";

import type { Prisma } from "@/lib/db/generated/client";

export const RUN_SELECT = {
  id: true,
  feedId: true,
  teamId: true,
  number: true,
  state: true,
  extent: true,
  trigger: true,
  queuedAt: true,
  startedAt: true,
  finishedAt: true,
  bytes: true,
  httpStatus: true,
  bodyId: true,
  lines: true,
  values: true,
  added: true,
  changed: true,
  unchanged: true,
  duplicate: true,
  excluded: true,
  allowlisted: true,
  rejected: true,
  removed: true,
  active: true,
  rejectedByReason: true,
  excludedByReason: true,
  countsByType: true,
  facts: true,
  error: true,
  decidedAt: true,
  feed: { select: { name: true, team: { select: { slug: true } } } },
} as const satisfies Prisma.FeedRunSelect;

export type RunRow = Prisma.FeedRunGetPayload<{ select: typeof RUN_SELECT }>;

/** A run as people and programs see it, by the names of the contract. */
export const toRunView = (run: RunRow) => {
  const {
    lines,
    values,
    added,
    changed,
    unchanged,
    duplicate,
    excluded,
    allowlisted,
    rejected,
    removed,
    active,
  } = run;
  return {
    id: run.id,
    feedId: run.feedId,
    feedName: run.feed.name,
    team: run.feed.team.slug,
    number: run.number,
    state: run.state === "rolled_back" ? ("rolled-back" as const) : run.state,
    extent: run.extent,
    trigger: run.trigger,
    queuedAt: run.queuedAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    decidedAt: run.decidedAt,
    bytes: run.bytes === null ? null : Number(run.bytes),
    httpStatus: run.httpStatus,
    counts: {
      lines,
      values,
      added,
      changed,
      unchanged,
      duplicate,
      excluded,
      allowlisted,
      rejected,
      removed,
      active,
    },
    rejectedByReason: reasonsSchema.parse(run.rejectedByReason),
    excludedByReason: reasonsSchema.parse(run.excludedByReason),
    countsByType: reasonsSchema.parse(run.countsByType),
    ...factsSchema.parse(run.facts),
    error: run.error === null ? null : errorSchema.parse(run.error),
  };
};
export type RunView = ReturnType<typeof toRunView>;

const reasonsSchema = z.record(z.string(), z.number());
/** What went wrong without ending the run, the first of them; `noteCount` counts all. */
const factsSchema = z.object({
  notes: z.array(z.object({ subject: z.string(), message: z.string() })).default([]),
  noteCount: z.number().default(0),
  /** Of the active values those that no other feed of the team had after this run; null where nothing became live. */
  unique: z.number().nullable().default(null),
  /** False for a run that found what is held, or was left by rollback: that is not what is live. */
  isLive: z.boolean().default(true),
  /** The number of the run that this one found again, which is held or was discarded; null for every other. */
  sameAs: z.number().nullable().default(null),
});
const errorSchema = z.object({ code: z.string(), message: z.string(), retry: z.enum(["never", "later"]) });
