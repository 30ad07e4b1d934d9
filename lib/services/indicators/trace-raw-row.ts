import "server-only";

import { z } from "zod";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedSettingsSchema, type FeedSettings } from "@/lib/domain/feed/feed";
import { explainSpelling, type SpellingStep } from "@/lib/domain/indicator/explain-spelling";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { findSpelling } from "@/lib/domain/indicator/find-spelling";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { openHider } from "@/lib/services/feeds/hide-secrets";
import { readRowAt } from "@/lib/services/feeds/read-row-at";

export type RawRow =
  | {
      isKept: true;
      raw: string;
      /** The row is longer than is shown. */
      isCut: boolean;
      /** As the value is written in the row; null when that cannot be told. */
      spelling: string | null;
      /** How the spelling became the value; null when there is no spelling to explain. */
      steps: readonly SpellingStep[] | null;
      /** Where it stands, for what no run fetched. */
      place?: string;
    }
  /** Why there is no row to show, in a sentence. */
  | { isKept: false; why: string };

type Place = { runId: string; line: number; type: IndicatorType; value: string };

const MAX_SHOWN = 2_000;
/** A page waits no longer for a line far down a long list. */
const TIME_LIMIT_MS = 8_000;

/**
 * The row in which a run met a value, read again from the bytes that are kept of the source, with how its spelling became the
 * value. Only of a run of one of the actor's teams; what was fetched for another team is never read. No secret of the feed is
 * in it.
 */
export const traceRawRow = async (actor: Actor, { runId, line, type, value }: Place): Promise<RawRow> => {
  const run = await readRun(actor, runId);
  if (!run) return { isKept: false, why: "The run is no longer kept, and with it went what it fetched." };
  const { feed, bodyId, number, teamId } = run;
  if (feed.kind === "local") return readWritten(actor, { feedId: feed.id, number, type, value });
  if (feed.kind === "subscription")
    return {
      isKept: false,
      why: "It came through a subscription: the row stands in a feed of another team, which alone may see it.",
    };
  if (bodyId === null)
    return {
      isKept: false,
      why: `What run ${String(number)} fetched is no longer kept: its time is over. The line number stays.`,
    };
  const settings = feedSettingsSchema.parse(feed.settings);
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    const row = await readRowAt({
      teamId,
      bodyId,
      kind: kindOf(feed.kind, settings),
      settings,
      line,
      signal,
    });
    if (row === null)
      return {
        isKept: false,
        why: "The line is not found any more by the feed’s present settings; they have changed since the run.",
      };
    return explain(openHider(feed)(row), { type, value });
  } catch (error) {
    if (!signal.aborted) throw error;
    return {
      isKept: false,
      why: "The line stands so far down a long list that reading it takes too long for this page. The rows of the run show it.",
    };
  }
};

const writtenSchema = z.object({ from: z.enum(["file", "report"]), line: z.number(), text: z.string() });

/** Of the team's own list: the row of a file or the line of a report, where it was taken from one. */
const readWritten = (
  actor: Actor,
  { feedId, number, type, value }: { feedId: string; number: number; type: IndicatorType; value: string },
): Promise<RawRow> =>
  asActor(actor, async (tx) => {
    const [found] = await tx.$queryRaw<{ row: unknown }[]>`
      SELECT a.context -> 'row' AS row FROM attribution a JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${feedId}::uuid AND a.from_generation = ${number} AND i.key = ${indicatorId(type, value)}::uuid`;
    const written = writtenSchema.safeParse(found?.row);
    if (!written.success) return { isKept: false, why: "A person wrote it by hand; there is no source." };
    const { from, line, text } = written.data;
    const place =
      from === "file"
        ? `As it was written in row ${String(line)} of the file that was imported.`
        : `The line of the report that it was taken from, line ${String(line)}.`;
    return { ...explain(text, { type, value }), place };
  });

const kindOf = (kind: string, { format }: FeedSettings): string =>
  kind === "upload" ? format : kind.replace("_", "-");

const explain = (
  row: string,
  target: { type: IndicatorType; value: string },
): Extract<RawRow, { isKept: true }> => {
  const spelling = findSpelling(row, target);
  return {
    isKept: true,
    raw: row.slice(0, MAX_SHOWN),
    isCut: row.length > MAX_SHOWN,
    spelling,
    steps: spelling === null ? null : explainSpelling(spelling, target),
  };
};

const readRun = (actor: Actor, runId: string) =>
  asActor(actor, (tx) =>
    tx.feedRun.findFirst({
      where: { id: runId, teamId: { in: actor.teams.map(({ id }) => id) } },
      select: {
        number: true,
        bodyId: true,
        teamId: true,
        feed: { select: { id: true, kind: true, settings: true, sealedSecrets: true } },
      },
    }),
  );
