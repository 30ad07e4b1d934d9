import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { z } from "zod";

import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { RunRows } from "@/components/feeds/run-rows";
import { RunStateBadge } from "@/components/feeds/run-state-badge";
import { Callout } from "@/components/ui/callout";
import { formatNumber } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { AppError } from "@/lib/domain/errors";
import { listRunValues } from "@/lib/services/feeds/list-run-values";
import { getRun, type RunWithTeam } from "@/lib/services/feeds/list-runs";

import { orNotFound, readId } from "../../../../../or-not-found";

export const metadata: Metadata = { title: "Rows of a run" };

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const PAGE_SIZE = 100;
const paramsSchema = z.object({ after: z.coerce.number().int().min(0).max(2_000_000_000).catch(0) });

/** What a run read, row by row, with what became of each value. */
export default async function RunRowsPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("feed.read", slug);
  const run = await orNotFound(getRun(actor, readId(id)));
  if (run.teamId !== team.id) notFound();
  const { after } = paramsSchema.parse(await searchParams);
  const runHref = `/t/${team.slug}/runs/${run.id}`;

  return (
    <>
      <PageHeader
        title={`Rows of run ${formatNumber(run.number)}`}
        description={`${run.feedName}, read again from what was fetched, by the feed's settings of today.`}
        crumbs={[
          { label: "Feeds", href: `/t/${team.slug}/feeds` },
          { label: run.feedName, href: `/t/${team.slug}/feeds/${run.feedId}` },
          { label: `Run ${formatNumber(run.number)}`, href: runHref },
          { label: "Rows" },
        ]}
        badges={<RunStateBadge state={run.state} />}
      />
      <Suspense
        key={after}
        fallback={<Callout tone="info" title="Reading the rows… Far down a long list this takes a while." />}
      >
        <Rows run={run} after={after} href={`${runHref}/rows`} />
      </Suspense>
    </>
  );
}

const Rows = async ({ run, after, href }: { run: RunWithTeam; after: number; href: string }) => {
  const page = await readOrExplain(run, after);
  if (typeof page === "string")
    return (
      <Callout tone="warning" title="Nothing to show">
        {page}
      </Callout>
    );
  const { rows, next, hasNewSettings } = page;
  const [first, last] = [rows.at(0)?.line ?? 0, rows.at(-1)?.line ?? 0];
  return (
    <div className="space-y-4">
      {hasNewSettings && (
        <Callout tone="info" title="The feed's settings have changed since this run.">
          Rows that are read by other columns, filters or defaults now may differ from what the run counted.
        </Callout>
      )}
      <RunRows rows={rows} />
      <CursorPagination
        summary={`Lines ${formatNumber(first)} to ${formatNumber(last)}`}
        firstHref={after > 0 ? href : undefined}
        nextHref={next === null ? undefined : `${href}?after=${String(next)}`}
      />
    </div>
  );
};

const readOrExplain = async (run: RunWithTeam, after: number) => {
  try {
    return await listRunValues(run, { limit: PAGE_SIZE, after });
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
};
