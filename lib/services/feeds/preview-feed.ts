import "server-only";

import { bulkAsTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema, type FeedPreview } from "@/lib/domain/feed/feed";
import { noCounts, type Preview } from "@/lib/domain/feed/preview";
import { isCollected } from "@/lib/domain/feed/kinds";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { EFFECT_SENTENCES } from "@/lib/domain/screening/mark";
import { isExclusion, type Candidate, type ParsedRow } from "@/lib/feeds/contract";
import { detectKind } from "@/lib/feeds/detect-kind";
import { getFormat } from "@/lib/feeds/registry";
import { startDeadline } from "@/lib/http/deadline";
import { decodeSample } from "@/lib/feeds/text/decode";
import { findEncoding } from "@/lib/feeds/text/encoding-search";

import { openScreenerOf, type Screener } from "@/lib/services/allowlists/open-screener";

import { assertIsData } from "./assert-is-data";
import { countKnown } from "./count-known";
import { toWholeAddress } from "./feed-secrets";
import { fetchFeed } from "./fetch-feed";
import { readHead } from "./in-pieces";
import { getStoredBody, PREVIEW_BYTES, PREVIEW_KEPT_MS, readStoredList, type PartState } from "./stored-body";

const TIME_LIMIT_MS = 30_000;
/** What has come by then is looked at, so that time is left for looking. */
const ENOUGH_MS = 20_000;
const MAX_ROWS = 50;
const MAX_NOTES = 20;
/** Further on, a preview's counts say no more than a sample would. */
const MAX_COUNTED_VALUES = 200_000;
/** Of a source that is asked in several requests, a preview reads no more than this. */
const ENOUGH_VALUES = 2_000;

type PreviewRow = Preview["rows"][number];

/**
 * Shows what an unsaved feed would bring: the first rows, what became of each, counts. It makes no feed, run or
 * indicator. What was fetched is kept 15 minutes behind `previewId`, so that another mapping needs no new fetch.
 */
export const previewFeed = async (
  teamId: string,
  input: FeedPreview,
  /** The saved feed that is being changed: what it vouches for itself is no overlap. */
  feedId: string | null = null,
): Promise<Preview> => {
  const host = input.url === null ? "The file" : new URL(input.url).host;
  const { signal } = startDeadline(TIME_LIMIT_MS, host);
  const source = await openSource(teamId, input, signal);
  const format = getFormat(input.kind === "upload" ? input.format : input.kind);
  const reading = { ...input, now: new Date(), acceptsBroken: true };
  const parsed = format.parse(source.read(), reading, signal);
  const screener = await openScreenerOf(teamId);
  const batches = source.isBeginning ? withoutLastRow(parsed) : parsed;
  const { rows, counts, isWhole, ids } = await tally(batches, screener);
  const notes = source.isBeginning && counts.lines === 0 ? [...source.notes, NOTHING_YET] : source.notes;
  counts.known = await countKnown(teamId, ids, feedId);
  // What a collected source answers is put together by Sluice and tells nothing.
  const head = isCollected(input.kind) ? null : await readHead(source.read());
  return {
    previewId: source.id,
    bytes: source.bytes,
    contentType: source.contentType,
    encoding: await encodingOf(input, source.read),
    detected: head === null ? null : detectKind(decodeSample(head, "auto"), source.contentType),
    rows,
    counts,
    notes: notes.slice(0, MAX_NOTES),
    noteCount: notes.length,
    // A source that is asked in several requests stops for a preview where it has enough.
    isWhole: isWhole && !source.isBeginning && !(isCollected(input.kind) && counts.values >= ENOUGH_VALUES),
    isBeginning: source.isBeginning,
    cutShort: source.cutShort,
  };
};

// Found as the parser finds it; null where the format says it.
const encodingOf = async (
  { kind, format, csv }: FeedPreview,
  read: () => AsyncIterable<Uint8Array>,
): Promise<string | null> => {
  const mapping = kind === "upload" ? format : kind;
  if (mapping !== "csv" && mapping !== "freetext") return null;
  return csv.encoding === "auto" ? findEncoding(read(), PREVIEW_BYTES) : csv.encoding;
};

const openSource = async (teamId: string, input: FeedPreview, signal: AbortSignal) => {
  const { previewId, url, headers, auth } = input;
  if (previewId !== undefined) {
    const body = await getStoredBody(teamId, previewId, new Date());
    return {
      id: previewId,
      bytes: Number(body.bytes),
      contentType: body.contentType,
      notes: [],
      isBeginning: body.isBeginning,
      cutShort: body.cutShort,
      read: () => readStoredList(teamId, previewId, input),
    };
  }
  if (url === null) throw new AppError("invalid_input", "Give the feed an address first.");
  const fetched = await fetchFeed({
    kind: input.kind,
    url: toWholeAddress(url, {}),
    settings: feedSettingsSchema.parse(input),
    now: new Date(),
    secrets: { headers, auth },
    teamId,
    feedId: null,
    signal,
    retries: 0,
    enough: { values: ENOUGH_VALUES, bytes: PREVIEW_BYTES, ms: ENOUGH_MS },
  });
  if (fetched.status === "not-modified")
    throw new AppError("upstream_rejected", "The feed answered 304 to a request that has no earlier answer.");
  const { body, contentType, notes, isBeginning } = fetched;
  assertIsData(body, contentType);
  const { cutShort } = body;
  const id = await bulkAsTeam(teamId, async (client) => {
    const bodyId = await body.save(client, new Date(Date.now() + PREVIEW_KEPT_MS));
    if (isBeginning || cutShort !== null)
      await client.query("UPDATE body SET source_state = $2 WHERE id = $1 AND team_id = $3", [
        bodyId,
        JSON.stringify({ isBeginning, cutShort } satisfies PartState),
        teamId,
      ]);
    return bodyId;
  });
  return { id, bytes: body.bytes, contentType, notes, isBeginning, cutShort, read: body.read };
};

// Where the fetch was ended, a row or the document breaks off; that is no fault of the list.
async function* withoutLastRow(
  batches: AsyncIterable<readonly ParsedRow[]>,
): AsyncGenerator<readonly ParsedRow[]> {
  let held: readonly ParsedRow[] = [];
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    yield [...held, ...batch.slice(0, -1)];
    held = batch.slice(-1);
  }
}

const NOTHING_YET = {
  subject: "The beginning of the list",
  message:
    "Only the beginning was fetched, and no row is in it. Either the rows come later, or the path to the list can only be followed with the whole document. A run reads all of it.",
};

const tally = async (batches: AsyncIterable<readonly ParsedRow[]>, screener: Screener) => {
  const rows: PreviewRow[] = [];
  const seen = new Set<string>();
  const ids: string[] = [];
  const counts = noCounts();
  for await (const batch of batches) {
    for (const row of batch) {
      counts.lines += 1;
      for (const candidate of row.candidates) count(counts, candidate, { seen, ids, screener });
      if (rows.length < MAX_ROWS) rows.push(toPreviewRow(row, screener));
    }
    if (counts.values >= MAX_COUNTED_VALUES) return { rows, counts, ids, isWhole: false };
  }
  return { rows, counts, ids, isWhole: true };
};

type Found = { seen: Set<string>; ids: string[]; screener: Screener };

const count = (counts: Preview["counts"], candidate: Candidate, { seen, ids, screener }: Found): void => {
  counts.values += 1;
  if (!candidate.ok) {
    const isWish = isExclusion(candidate.code);
    counts[isWish ? "excluded" : "rejected"] += 1;
    add(isWish ? counts.excludedByReason : counts.rejectedByReason, candidate.code);
    return;
  }
  const { type, value } = candidate;
  const key = `${type}:${value}`;
  if (seen.has(key)) counts.duplicate += 1;
  else if (screener.stop(type, value) !== null) counts.allowlisted += 1;
  else {
    counts.indicators += 1;
    ids.push(indicatorId(type, value));
    add(counts.byType, type);
  }
  seen.add(key);
};

const noteOf = ({ screen }: Screener, { type, value }: Extract<Candidate, { ok: true }>): string | null => {
  const mark = screen(type, value);
  return mark && `${mark.reason} ${EFFECT_SENTENCES[mark.effect]}`;
};

const add = (tallies: Record<string, number>, name: string): void => {
  tallies[name] = (tallies[name] ?? 0) + 1;
};

const toPreviewRow = ({ line, raw, candidates }: ParsedRow, screener: Screener): PreviewRow => ({
  line,
  raw: raw.slice(0, 500),
  indicators: candidates.flatMap((candidate) =>
    candidate.ok
      ? [
          {
            type: candidate.type,
            value: candidate.value,
            note: noteOf(screener, candidate),
          },
        ]
      : [],
  ),
  rejected: candidates.flatMap((candidate) =>
    candidate.ok
      ? []
      : [
          {
            text: candidate.text.slice(0, 200),
            code: candidate.code,
            reason: candidate.reason,
            isExcluded: isExclusion(candidate.code),
          },
        ],
  ),
});
