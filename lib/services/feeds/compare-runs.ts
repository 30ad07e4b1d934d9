import "server-only";

import type { PoolClient } from "pg";

import {
  findDifferences,
  listDifferences,
  type DifferenceCounts,
  type DifferenceKind,
  type DifferencePlace,
  type DifferenceRow,
  type StagedRow,
} from "@/lib/db/queries/comparison";
import { bulkAsTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import {
  indicatorTypeFromCode,
  tlpFromCode,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";

import { openGeneration, stageGeneration, type Generation } from "./open-generation";

/** A longer comparison is given up: a person waits for it. */
const TIME_LIMIT_MS = 120_000;

type ComparedRow = Omit<StagedRow, "tlp" | "validUntil"> & { tlp: Tlp; validUntil: Date | null };
type ComparedValue = {
  /** The indicator's public id. */
  id: string;
  type: IndicatorType;
  value: string;
  /** Null: the generation lacks it. */
  before: ComparedRow | null;
  after: ComparedRow | null;
};
/** How far each of the three lists was read; null: to its end. */
export type ComparisonPlace = Record<DifferenceKind, DifferencePlace | "end" | null>;

export type Comparison = {
  counts: DifferenceCounts;
  /** Values that the run holds and the other lacks. */
  added: ComparedValue[];
  /** Values that the other holds and the run lacks. */
  removed: ComparedValue[];
  /** Values of both whose context differs. */
  changed: ComparedValue[];
  next: ComparisonPlace | null;
  /** The settings have changed since one of them ran; both are read by today's. */
  hasNewSettings: boolean;
};

type Subject = { id: string; teamId: string };
type Options = { limit: number; after: ComparisonPlace | null };

/**
 * What a run holds against another one of its feed, whether live, left, held or dropped: counts, and a page of each list.
 * Nothing is changed. Throws `invalid_input` for runs of two feeds, `not_found` when one is not kept any more.
 */
export const compareRuns = async (
  run: Subject,
  otherId: string,
  { limit, after }: Options,
): Promise<Comparison> => {
  const { teamId } = run;
  const [one, other] = await Promise.all([openGeneration(teamId, run.id), openGeneration(teamId, otherId)]);
  if (one.feedId !== other.feedId)
    throw new AppError("invalid_input", "These runs are of two feeds. Compare runs of one feed.");
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    return await bulkAsTeam(teamId, (client) => compare(client, { one, other, limit, after, signal }));
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new AppError(
      "invalid_input",
      "The comparison took longer than two minutes and was given up. Nothing was changed.",
      { cause },
    );
  }
};

type Work = Options & { one: Generation; other: Generation; signal: AbortSignal };

const compare = async (
  client: PoolClient,
  { one, other, limit, after, signal }: Work,
): Promise<Comparison> => {
  await client.query("SELECT set_config('statement_timeout', $1, true)", [String(TIME_LIMIT_MS)]);
  // Large ones cost memory and time: one at a time for each team.
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`compare:${one.teamId}`]);
  await stageGeneration(client, one, { name: "this_generation", signal });
  await stageGeneration(client, other, { name: "other_generation", signal });
  const counts = await findDifferences(client);
  const lists = { added: NO_ROWS, removed: NO_ROWS, changed: NO_ROWS };
  const places: ComparisonPlace = { added: "end", removed: "end", changed: "end" };
  for (const kind of KINDS) {
    const place = after?.[kind] ?? null;
    if (place === "end") continue;
    const rows = await listDifferences(client, { kind, after: place, limit: limit + 1 });
    lists[kind] = rows.slice(0, limit);
    const last = rows.length > limit ? lists[kind].at(-1) : undefined;
    if (last) places[kind] = { line: last.line, key: last.key };
  }
  return {
    counts,
    added: lists.added.map(toCompared),
    removed: lists.removed.map(toCompared),
    changed: lists.changed.map(toCompared),
    next: KINDS.every((kind) => places[kind] === "end") ? null : places,
    hasNewSettings: one.hasNewSettings || other.hasNewSettings,
  };
};

const KINDS = ["added", "removed", "changed"] as const;
const NO_ROWS: readonly DifferenceRow[] = [];

const toCompared = ({ key, type, value, before, after }: DifferenceRow): ComparedValue => ({
  id: key,
  type: indicatorTypeFromCode(type),
  value,
  before: before && toRow(before),
  after: after && toRow(after),
});

const toRow = ({ tlp, validUntil, ...row }: StagedRow): ComparedRow => ({
  ...row,
  tlp: tlpFromCode(tlp),
  validUntil: validUntil === null ? null : new Date(validUntil),
});
