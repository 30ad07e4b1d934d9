import "server-only";

import { setImmediate } from "node:timers/promises";

import type { PoolClient } from "pg";

import { indicatorId } from "@/lib/domain/indicator/identity";
import { openCopy, type CopyValue } from "@/lib/db/copy";
import { fingerprint } from "@/lib/db/queries/fingerprint";
import type { Registrar } from "@/lib/db/queries/registrar";
import { STAGE_COLUMNS, type StagedCount } from "@/lib/db/queries/generation";
import { indicatorTypeCode, tlpCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { AppError } from "@/lib/domain/errors";
import { createKeyFilter } from "./key-filter";
import type { KnownRows, MetRow } from "./known-rows";
import { isExclusion, type Candidate, type ParsedRow } from "@/lib/feeds/contract";

/** So many rejected rows are kept with the run; the rest can be read again from the body. */
const MAX_SAMPLES = 1_000;
/** Of a reason so many, however frequent another one is. */
const SAMPLES_OF_REASON = 10;
const MAX_RAW_CHARACTERS = 500;
/** So long at most the process hears of nothing else: answers of the database, other jobs, leases. */
const BREATH_MS = 10;

type Rejection = { line: number; raw: string; code: string; reason: string };

export type StageCounts = {
  lines: number;
  values: number;
  excluded: number;
  rejected: number;
  rejectedByReason: Record<string, number>;
  excludedByReason: Record<string, number>;
  samples: Rejection[];
};

export type Staged = StageCounts & {
  /** Rows that say the same of a value as one before them, and were not even staged. */
  repeated: number;
  /** What was staged, rows of one value counted each. */
  staged: readonly StagedCount[];
  /** Keys that may have several rows in the stage; null: any may. */
  suspects: readonly string[] | null;
  /** Every staged value stands among the indicators of all. */
  isRegistered: boolean;
};

type Defaults = { confidence: number; tlp: number; tags: readonly string[] };

type Options = {
  defaults: Defaults;
  /** The list that keeps a value in; null: none does. */
  stop: (type: IndicatorType, value: string) => string | null;
  maxRows: number;
  /** What need not be staged when it comes again as it was; null: everything is. */
  known: KnownRows | null;
  /** Adds what nobody had while the list is read; null: that is not wanted. */
  registrar?: Registrar | null;
  /** Of the list, as far as that is known; it only makes the search for repeated values cheaper. */
  bytes?: number | null;
};

/**
 * Writes the good candidates to the stage by COPY, with a registrar also among the indicators of all, and counts the others with
 * their reason. Memory does not grow with the
 * feed. Throws an AppError past `maxRows` rows.
 */
export const stageRows = async (
  client: PoolClient,
  batches: AsyncIterable<readonly ParsedRow[]>,
  { defaults, stop, maxRows, known, registrar = null, bytes = null }: Options,
): Promise<Staged> => {
  const filter = createKeyFilter(bytes);
  const tally = createTally();
  let repeated = 0;
  let isRegistered = false;
  let breathesAt = performance.now() + BREATH_MS;
  const counts: StageCounts = {
    lines: 0,
    values: 0,
    excluded: 0,
    rejected: 0,
    rejectedByReason: {},
    excludedByReason: {},
    samples: [],
  };
  const copy = openCopy(client, "stage", STAGE_COLUMNS);
  try {
    for await (const rows of batches) {
      for (const row of rows) {
        counts.lines += 1;
        for (const candidate of row.candidates) {
          counts.values += 1;
          if (!candidate.ok) {
            reject(counts, row, candidate);
            continue;
          }
          const claim = toClaim(candidate, defaults, stop);
          const fate = known === null ? "stage" : known.meet(toMet(row.line, claim));
          if (fate === "stage") {
            filter.meet(claim.key);
            tally.add(claim);
            await registrar?.add(claim);
            await copy.write(toStage(row.line, claim));
          } else if (fate === "repeat") repeated += 1;
        }
      }
      if (counts.lines > maxRows) throw tooManyRows(maxRows);
      if (performance.now() >= breathesAt) {
        await setImmediate();
        breathesAt = performance.now() + BREATH_MS;
      }
    }
    isRegistered = (await registrar?.end()) ?? false;
    await copy.end();
  } catch (error) {
    await copy.abort();
    await registrar?.abandon();
    throw error;
  }
  return { ...counts, repeated, staged: tally.counts(), suspects: filter.suspects(), isRegistered };
};

const createTally = () => {
  const plain = new Map<number, number>();
  const screened = new Map<number, number>();
  const countsOf = (counts: ReadonlyMap<number, number>, isScreened: boolean): StagedCount[] =>
    [...counts].map(([type, count]) => ({ type, screened: isScreened, count }));
  return {
    add: ({ type, screenedBy }: StagedClaim): void => {
      const counts = screenedBy === null ? plain : screened;
      counts.set(type, (counts.get(type) ?? 0) + 1);
    },
    counts: (): readonly StagedCount[] => [...countsOf(plain, false), ...countsOf(screened, true)],
  };
};

const tooManyRows = (maxRows: number): AppError =>
  new AppError(
    "upstream_rejected",
    `The list has more than ${maxRows.toLocaleString("en-US")} rows, which is this feed's limit. Nothing was changed. Raise the limit in the feed's settings if the list may be so long.`,
  );

const reject = (
  counts: StageCounts,
  { line, raw }: ParsedRow,
  { code, reason }: Extract<Candidate, { ok: false }>,
): void => {
  if (isExclusion(code)) {
    counts.excluded += 1;
    counts.excludedByReason[code] = (counts.excludedByReason[code] ?? 0) + 1;
    return;
  }
  const ofReason = (counts.rejectedByReason[code] ?? 0) + 1;
  counts.rejected += 1;
  counts.rejectedByReason[code] = ofReason;
  const isFull = counts.samples.length >= MAX_SAMPLES;
  if (isFull && ofReason > SAMPLES_OF_REASON) return;
  if (isFull) makeRoom(counts.samples);
  counts.samples.push({ line, raw: raw.slice(0, MAX_RAW_CHARACTERS), code, reason });
};

/** Drops the last sample of a reason that has more than enough. */
const makeRoom = (samples: Rejection[]): void => {
  const kept = new Map<string, number>();
  for (const { code } of samples) kept.set(code, (kept.get(code) ?? 0) + 1);
  const last = samples.findLastIndex(({ code }) => (kept.get(code) ?? 0) > SAMPLES_OF_REASON);
  samples.splice(last, 1);
};

type Good = Extract<Candidate, { ok: true }>;

/** What a row says of its value, with the feed's defaults where it says nothing. */
const toClaim = (candidate: Good, defaults: Defaults, stop: Options["stop"]) => {
  const { type, value, confidence, tlp, tags, comment, threatType, firstSeen, lastSeen, validUntil } =
    candidate;
  return {
    key: indicatorId(type, value),
    type: indicatorTypeCode(type),
    value,
    confidence: confidence ?? defaults.confidence,
    tlp: tlp === undefined ? defaults.tlp : tlpCode(tlp),
    tags: tags && tags.length > 0 ? uniteTags(defaults.tags, tags) : defaults.tags,
    comment: comment ?? "",
    threatType: threatType ?? "",
    firstSeen: firstSeen ?? null,
    lastSeen: lastSeen ?? null,
    validUntil: validUntil ?? null,
    context: toContext(candidate),
    screenedBy: stop(type, value),
  };
};
type StagedClaim = ReturnType<typeof toClaim>;

const toMet = (line: number, claim: StagedClaim): MetRow => ({
  key: claim.key,
  print: fingerprint(claim),
  line,
  isScreened: claim.screenedBy !== null,
  firstSeen: claim.firstSeen,
  lastSeen: claim.lastSeen,
});

/** In the order of `STAGE_COLUMNS`. */
const toStage = (line: number, claim: StagedClaim): readonly CopyValue[] => [
  claim.key,
  claim.type,
  claim.value,
  line,
  claim.confidence,
  claim.tlp,
  claim.tags,
  claim.comment,
  claim.threatType,
  claim.firstSeen,
  claim.lastSeen,
  claim.validUntil,
  claim.context === null ? null : JSON.stringify(claim.context),
  claim.screenedBy,
];

const uniteTags = (own: readonly string[], rows: readonly string[]): readonly string[] =>
  own.length === 0 ? rows : [...new Set([...own, ...rows])];

const toContext = ({ port, marks, origin, stronger }: Good): Record<string, unknown> | null =>
  port === undefined && !marks?.length && origin === undefined && stronger === undefined
    ? null
    : {
        ...(port !== undefined && { port }),
        ...(marks?.length && { marks }),
        ...(origin && { origin }),
        ...(stronger && { stronger }),
      };
