import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { z } from "zod";

import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { ComparisonLists } from "@/components/feeds/comparison-lists";
import { RunStateBadge } from "@/components/feeds/run-state-badge";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { StatTile } from "@/components/ui/stat-tile";
import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { requirePage } from "@/lib/auth/require-page";
import { AppError } from "@/lib/domain/errors";
import { compareRuns, type Comparison, type ComparisonPlace } from "@/lib/services/feeds/compare-runs";
import { getRun, type RunWithTeam } from "@/lib/services/feeds/list-runs";

import { orNotFound, readId } from "../../../../../../or-not-found";

export const metadata: Metadata = { title: "Compare runs" };

type Props = {
  params: Promise<{ team: string; id: string; other: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const PAGE_SIZE = 50;
const placeSchema = z.union([z.literal("end"), z.object({ line: z.int32(), key: z.uuid() })]).nullable();
const placesSchema = z.object({ added: placeSchema, removed: placeSchema, changed: placeSchema });
const paramsSchema = z.object({ cursor: z.string().max(1_000).optional().catch(undefined) });

/** What one run of a feed holds against another: what would be lost, what is new, what is told otherwise. */
export default async function ComparePage({ params, searchParams }: Props) {
  const { team: slug, id, other: otherId } = await params;
  const { actor, team } = await requirePage("feed.read", slug);
  const [run, other] = await Promise.all([
    orNotFound(getRun(actor, readId(id))),
    orNotFound(getRun(actor, readId(otherId))),
  ]);
  if (run.teamId !== team.id || other.teamId !== team.id || run.feedId !== other.feedId) notFound();
  const { cursor } = paramsSchema.parse(await searchParams);
  const href = `/t/${team.slug}/runs/${run.id}/compare/${other.id}`;

  return (
    <>
      <PageHeader
        title={`Run ${formatNumber(run.number)} against run ${formatNumber(other.number)}`}
        description={`${run.feedName}. What each of the two holds, read by the feed's settings of today.`}
        crumbs={[
          { label: "Feeds", href: `/t/${team.slug}/feeds` },
          { label: run.feedName, href: `/t/${team.slug}/feeds/${run.feedId}` },
          { label: `Run ${formatNumber(run.number)}`, href: `/t/${team.slug}/runs/${run.id}` },
          { label: `Against run ${formatNumber(other.number)}` },
        ]}
        badges={<RunStateBadge state={run.state} />}
      />
      <Suspense
        key={cursor}
        fallback={
          <Callout tone="info" title="Reading both runs…">
            A list of a million rows takes about half a minute. You may leave this page.
          </Callout>
        }
      >
        <Result run={run} other={other} after={readPlace(cursor)} href={href} />
      </Suspense>
    </>
  );
}

// An address that somebody has cut short shows the first page.
const readPlace = (cursor: string | undefined): ComparisonPlace | null => {
  try {
    return decodeCursor(cursor, placesSchema) ?? null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
};

type ResultProps = { run: RunWithTeam; other: RunWithTeam; after: ComparisonPlace | null; href: string };

const Result = async ({ run, other, after, href }: ResultProps) => {
  const comparison = await compareOrExplain(run, other.id, after);
  if (typeof comparison === "string")
    return (
      <Callout tone="warning" title="These two cannot be compared">
        {comparison}
      </Callout>
    );
  const { counts, next, hasNewSettings } = comparison;
  const differing = counts.added + counts.removed + counts.changed;
  return (
    <div className="space-y-6">
      {hasNewSettings && (
        <Callout tone="info" title="The feed's settings have changed since one of them ran.">
          What is read by other columns, filters or defaults now differs from what it was then.
        </Callout>
      )}
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <StatTile label={`Only in run ${formatNumber(other.number)}`} value={formatNumber(counts.removed)} />
        <StatTile label={`Only in run ${formatNumber(run.number)}`} value={formatNumber(counts.added)} />
        <StatTile label="Told otherwise" value={formatNumber(counts.changed)} />
        <StatTile label="The same in both" value={formatNumber(counts.unchanged)} />
      </div>
      {differing === 0 && (
        <Callout tone="success" title="They hold the same values, told the same way.">
          {formatCount(counts.unchanged, "value")} in both.
        </Callout>
      )}
      <ComparisonLists {...comparison} run={run.number} other={other.number} />
      {(after !== null || next !== null) && (
        <CursorPagination
          summary={`At most ${formatNumber(PAGE_SIZE)} of each list on a page`}
          firstHref={after === null ? undefined : href}
          nextHref={next === null ? undefined : `${href}?cursor=${encodeCursor(next)}`}
        />
      )}
    </div>
  );
};

const compareOrExplain = async (
  run: RunWithTeam,
  otherId: string,
  after: ComparisonPlace | null,
): Promise<Comparison | string> => {
  try {
    return await compareRuns(run, otherId, { limit: PAGE_SIZE, after });
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
};
