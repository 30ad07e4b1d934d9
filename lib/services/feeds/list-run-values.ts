import "server-only";

import { asTeam } from "@/lib/db/scope";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { isExclusion, type Candidate, type ParsedRow } from "@/lib/feeds/contract";
import { AppError } from "@/lib/domain/errors";
import { openScreenerOf, type Screener } from "@/lib/services/allowlists/open-screener";

import { openHider } from "./hide-secrets";
import { openGeneration, type Generation } from "./open-generation";

const TIME_LIMIT_MS = 60_000;
/** A line of a collected body is a whole document. */
const MAX_RAW_CHARACTERS = 500;

/** What became of a value, by the names under which a run counts. Null: the run was never live, so a good value became nothing. */
type ValueOutcome =
  "added" | "changed" | "unchanged" | "duplicate" | "excluded" | "allowlisted" | "rejected" | null;

type RunValue = {
  /** Null for what is no indicator. */
  id: string | null;
  type: IndicatorType | null;
  /** The canonical value, or what was written. */
  value: string;
  outcome: ValueOutcome;
  reason: string | null;
};
type RunRow = { line: number; raw: string; values: RunValue[] };

type Page = { rows: RunRow[]; next: number | null; hasNewSettings: boolean };

/**
 * The rows of a run in their order, each with what became of its values, read again from the bytes that are kept. `after` is
 * the line of the last row already seen. No secret of the feed is in them. Throws `not_found` once the bytes are not kept any more.
 */
export const listRunValues = async (
  run: { id: string; teamId: string },
  { limit, after }: { limit: number; after: number },
): Promise<Page> => {
  const generation = await openGeneration(run.teamId, run.id);
  const { parse, number, feedId, sealedSecrets } = generation;
  if (parse === null)
    throw new AppError(
      "not_found",
      `What run ${String(number)} read is not kept, so its rows cannot be shown.`,
    );
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  const found = await readPage(parse(signal), { limit, after });
  const page = found.slice(0, limit);
  const firstLines = await findFirstLines(parse(signal), page, after);
  const standing = await findStanding(generation, page);
  const screener = await openScreenerOf(run.teamId);
  const hide = openHider({ id: feedId, sealedSecrets });
  return {
    rows: page.map((row) => toRunRow(row, { firstLines, standing, screener, hide })),
    next: found.length > limit ? (page.at(-1)?.line ?? null) : null,
    hasNewSettings: generation.hasNewSettings,
  };
};

type Batches = AsyncIterable<readonly ParsedRow[]>;

const readPage = async (batches: Batches, { limit, after }: { limit: number; after: number }) => {
  const rows: ParsedRow[] = [];
  for await (const batch of batches) {
    for (const row of batch) if (row.line > after && rows.length <= limit) rows.push(row);
    if (rows.length > limit) break;
  }
  return rows;
};

const keysOf = (rows: readonly ParsedRow[]): string[] =>
  rows.flatMap(({ candidates }) =>
    candidates.flatMap((candidate) => (candidate.ok ? [keyOf(candidate)] : [])),
  );

const keyOf = ({ type, value }: { type: IndicatorType; value: string }): string => indicatorId(type, value);

// Only the values of the page are remembered, so that memory does not grow with the list.
const findFirstLines = async (
  batches: Batches,
  page: readonly ParsedRow[],
  after: number,
): Promise<ReadonlyMap<string, number>> => {
  const wanted = new Set(keysOf(page));
  const first = new Map<string, number>();
  if (after > 0)
    for await (const batch of batches) {
      for (const { line, candidates } of batch) if (line <= after) note(first, wanted, line, candidates);
      if ((batch.at(-1)?.line ?? 0) > after) break;
    }
  for (const { line, candidates } of page) note(first, wanted, line, candidates);
  return first;
};

const note = (
  first: Map<string, number>,
  wanted: ReadonlySet<string>,
  line: number,
  candidates: readonly Candidate[],
): void => {
  for (const candidate of candidates) {
    if (!candidate.ok) continue;
    const key = keyOf(candidate);
    if (wanted.has(key) && !first.has(key)) first.set(key, line);
  }
};

type Standing = { opened: boolean; before: boolean };

/** For each value whether the run opened an entry for it, and whether one stood before. */
const findStanding = async (
  { feedId, teamId, number, isApplied }: Generation,
  page: readonly ParsedRow[],
): Promise<ReadonlyMap<string, Standing>> => {
  if (!isApplied) return new Map();
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<(Standing & { key: string })[]>`
      SELECT i.key, bool_or(a.from_generation = ${number}) AS opened,
        bool_or(a.from_generation < ${number} AND (a.until_generation IS NULL OR a.until_generation >= ${number})) AS before
      FROM indicator i JOIN attribution a ON a.indicator_id = i.id
      WHERE i.key = ANY (${keysOf(page)}::uuid[]) AND a.feed_id = ${feedId}::uuid AND a.team_id = ${teamId}::uuid
      GROUP BY i.key`,
  );
  return new Map(rows.map(({ key, ...standing }) => [key, standing]));
};

type Context = {
  firstLines: ReadonlyMap<string, number>;
  standing: ReadonlyMap<string, Standing>;
  /** As the team's lists stand now. */
  screener: Screener;
  hide: (text: string) => string;
};

const toRunRow = ({ line, raw, candidates }: ParsedRow, { hide, ...context }: Context): RunRow => {
  const inRow = new Set<string>();
  return {
    line,
    raw: hide(raw).slice(0, MAX_RAW_CHARACTERS),
    values: candidates.map((candidate) => {
      if (!candidate.ok) return toRefused(candidate, hide);
      const id = keyOf(candidate);
      const isRepeated = inRow.has(id);
      inRow.add(id);
      return {
        id,
        type: candidate.type,
        value: candidate.value,
        ...judge(id, candidate, { line, isRepeated, ...context }),
      };
    }),
  };
};

const toRefused = (
  { code, text, reason }: Extract<Candidate, { ok: false }>,
  hide: Context["hide"],
): RunValue => ({
  id: null,
  type: null,
  value: hide(text),
  outcome: isExclusion(code) ? "excluded" : "rejected",
  reason: hide(reason),
});

type Judged = Omit<Context, "hide">;

const judge = (
  id: string,
  { type, value }: { type: IndicatorType; value: string },
  { line, isRepeated, firstLines, standing, screener }: Judged & { line: number; isRepeated: boolean },
): { outcome: ValueOutcome; reason: string | null } => {
  const first = firstLines.get(id) ?? line;
  if (isRepeated || first < line)
    return { outcome: "duplicate", reason: `The same value stands on line ${String(first)}.` };
  const mark = screener.screen(type, value);
  if (mark?.effect === "stop") return { outcome: "allowlisted", reason: mark.reason };
  const { opened = false, before = false } = standing.get(id) ?? {};
  if (opened) return { outcome: before ? "changed" : "added", reason: null };
  return { outcome: before ? "unchanged" : null, reason: null };
};
