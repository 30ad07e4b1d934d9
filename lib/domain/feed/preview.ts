import { z } from "zod";

import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

import { CSV_COLUMN_ROLES } from "./csv-settings";
import { FEED_KINDS } from "./kinds";

/** What an unsaved feed would bring: its first rows with what became of each, and counts. */
export const previewSchema = z.object({
  previewId: z.uuid(),
  bytes: z.number(),
  contentType: z.string().nullable(),
  /** The encoding that the text was read in; null for formats that know theirs. */
  encoding: z.string().nullable(),
  /** The kind of source that the answer is one of, and by what that was seen; null where it says nothing of itself. */
  detected: z.object({ kind: z.enum(FEED_KINDS), because: z.string() }).nullable(),
  rows: z.array(
    z.object({
      line: z.number(),
      raw: z.string(),
      indicators: z.array(
        z.object({ type: z.enum(INDICATOR_TYPES), value: z.string(), note: z.string().nullable() }),
      ),
      /** What became no indicator; `isExcluded`: on the owner's wish, by a pattern or a filter. */
      rejected: z.array(
        z.object({ text: z.string(), code: z.string(), reason: z.string(), isExcluded: z.boolean() }),
      ),
    }),
  ),
  counts: z.object({
    lines: z.number(),
    values: z.number(),
    indicators: z.number(),
    /** Of the indicators those that the team has live already, by any other of its feeds. */
    known: z.number(),
    duplicate: z.number(),
    allowlisted: z.number(),
    excluded: z.number(),
    rejected: z.number(),
    byType: z.record(z.string(), z.number()),
    rejectedByReason: z.record(z.string(), z.number()),
    excludedByReason: z.record(z.string(), z.number()),
  }),
  /** What went wrong on the way without ending it, the first of them; `noteCount` counts all. */
  notes: z.array(z.object({ subject: z.string(), message: z.string() })),
  noteCount: z.number(),
  /** False when the counts stop before the end of a very long list. */
  isWhole: z.boolean(),
  /** Only the first `bytes` of the list were fetched. */
  isBeginning: z.boolean(),
  /** Why the answer broke off, so that a run of it would be held; null for one that came as far as it was asked for. */
  cutShort: z.string().nullable(),
});
export type Preview = z.output<typeof previewSchema>;

/** The counts of a preview before its first row. */
export const noCounts = (): Preview["counts"] => ({
  lines: 0,
  values: 0,
  indicators: 0,
  known: 0,
  duplicate: 0,
  allowlisted: 0,
  excluded: 0,
  rejected: 0,
  byType: {},
  rejectedByReason: {},
  excludedByReason: {},
});

/** How a list seems to be cut, and its columns with a cell each: to be shown and corrected. */
export const proposalSchema = z.object({
  encoding: z.string(),
  delimiter: z.string(),
  header: z.boolean(),
  commentPrefixes: z.array(z.string()),
  valueColumns: z.array(z.number()),
  columns: z.partialRecord(z.enum(CSV_COLUMN_ROLES), z.number()),
  found: z.array(z.object({ number: z.number(), name: z.string().nullable(), sample: z.string() })),
});
