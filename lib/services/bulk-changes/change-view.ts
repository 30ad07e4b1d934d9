import "server-only";

import { z } from "zod";

import {
  BULK_ACTIONS,
  BULK_OUTCOMES,
  BULK_STATES,
  bulkChangeSchema,
  bulkSelectionSchema,
  REFUSALS,
  UNDO_HOURS,
  type BulkAction,
  type BulkChange,
  type BulkOutcome,
  type BulkSelection,
  type BulkState,
} from "@/lib/domain/indicator/bulk-change";

export const BULK_CHANGE_SELECT = {
  ...({ id: true, teamId: true, action: true, change: true, selection: true, expected: true } as const),
  ...({ undoOf: true, state: true, total: true, done: true, counts: true, message: true } as const),
  ...({ createdAt: true, createdBy: true, createdByName: true, finishedAt: true } as const),
} as const;

/** The same, for statements of their own. */
export const BULK_CHANGE_COLUMNS = `id, team_id AS "teamId", action, change, selection, expected, undo_of AS "undoOf", state, total,
  done, counts, message, created_at AS "createdAt", created_by AS "createdBy", created_by_name AS "createdByName",
  finished_at AS "finishedAt"`;

/** How many items came to each outcome. */
export const countsSchema = z.partialRecord(z.enum(BULK_OUTCOMES), z.number().int());
export type BulkCounts = z.output<typeof countsSchema>;

export type BulkChangeView = {
  id: string;
  teamId: string;
  action: BulkAction;
  /** Null: this one undoes another. */
  change: BulkChange | null;
  /** Null: what the other one changed. */
  selection: BulkSelection | null;
  /** How many the person saw that it would be. */
  expected: number | null;
  undoOf: string | null;
  state: BulkState;
  /** Null until its items are listed. */
  total: number | null;
  done: number;
  counts: BulkCounts;
  /** Items that were left as they were, with a reason. */
  refused: number;
  message: string | null;
  createdAt: Date;
  createdBy: string;
  finishedAt: Date | null;
  /** Until when it can be undone; null when it cannot, or was. */
  undoableUntil: Date | null;
  undoneBy: string | null;
};

const rowSchema = z.object({
  ...{ id: z.uuid(), teamId: z.uuid(), action: z.enum(BULK_ACTIONS), expected: z.number().nullable() },
  change: z.unknown(),
  selection: z.unknown(),
  ...{ undoOf: z.uuid().nullable(), state: z.enum(BULK_STATES), total: z.number().nullable() },
  ...{ done: z.number(), counts: countsSchema, message: z.string().nullable() },
  ...{ createdAt: z.date(), createdByName: z.string(), finishedAt: z.date().nullable() },
});

/** `undoneBy`: the change that undoes this one. */
export const toBulkChangeView = (row: unknown, undoneBy: string | null, now: Date): BulkChangeView => {
  const { createdByName, change, selection, ...read } = rowSchema.parse(row);
  const isUndo = read.action === "undo";
  return {
    ...read,
    change: isUndo ? null : bulkChangeSchema.parse(change),
    selection: isUndo ? null : bulkSelectionSchema.parse(selection),
    refused: countOf(read.counts, REFUSALS),
    createdBy: createdByName,
    undoneBy,
    undoableUntil: isUndo || undoneBy !== null ? null : undoableUntil(read, now),
  };
};

type Ended = { state: BulkState; finishedAt: Date | null; counts: BulkCounts };

/** The end of the time in which a change can be undone; null when it is over, or nothing was changed. */
export const undoableUntil = ({ state, finishedAt, counts }: Ended, now: Date): Date | null => {
  if ((state !== "done" && state !== "stopped") || finishedAt === null) return null;
  if (countOf(counts, ["changed", "outweighed"]) === 0) return null;
  const until = new Date(finishedAt.getTime() + UNDO_HOURS * 3_600_000);
  return until > now ? until : null;
};

const countOf = (counts: BulkCounts, outcomes: readonly BulkOutcome[]): number =>
  outcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
