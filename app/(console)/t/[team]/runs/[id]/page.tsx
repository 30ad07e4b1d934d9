import { Download, Redo2, Rows3 } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";

import { CompareMenu } from "@/components/feeds/compare-menu";
import { HeldCallout } from "@/components/feeds/held-callout";
import { NoteList } from "@/components/feeds/note-list";
import { ReasonCounts, RejectedRows } from "@/components/feeds/rejected-rows";
import { RollBackButton } from "@/components/feeds/roll-back-button";
import { RunAftermath } from "@/components/feeds/run-aftermath";
import { RunFacts } from "@/components/feeds/run-facts";
import { RunFunnel } from "@/components/feeds/run-funnel";
import { toRunProgress } from "@/components/feeds/run-progress";
import { RunStateBadge } from "@/components/feeds/run-state-badge";
import { describeOutcome, isUnderWay, shownStateOf } from "@/components/feeds/shown-run";
import { triggerWord } from "@/components/feeds/trigger-words";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { ActionButton } from "@/components/forms/action-button";
import { LiveProgress } from "@/components/live/live-progress";
import { NotSentNote } from "@/components/recalls/not-sent-note";
import { WithholdDialog } from "@/components/recalls/withhold-dialog";
import { buttonClass } from "@/components/ui/button-class";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { Section } from "@/components/ui/section";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { activeOf } from "@/lib/services/feeds/feed-health";
import { listGenerations, type Generations } from "@/lib/services/feeds/list-generations";
import { getRun, listRejections, listRuns, type RunWithTeam } from "@/lib/services/feeds/list-runs";
import { findHolds } from "@/lib/services/withheld/find-holds";

import { orNotFound, readId } from "../../../../or-not-found";
import { checkWithholdAction, withholdAction } from "../../recalls/actions";
import { acceptRunAction, checkRollBackAction, discardRunAction, rollBackRunAction } from "../actions";

export const metadata: Metadata = { title: "Run" };

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const PAGE_SIZE = 100;
/** So many rejected rows are kept with a run. */
const KEPT_ROWS = 1_000;
const NEIGHBOURS = 20;

const paramsSchema = z.object({ after: z.coerce.number().int().min(0).max(KEPT_ROWS).catch(0) });

/** One run: where each row went, in counts that add up, and the rows that became nothing. */
export default async function RunPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("feed.read", slug);
  const run = await orNotFound(getRun(actor, readId(id)));
  if (run.teamId !== team.id) notFound();
  const { after } = paramsSchema.parse(await searchParams);
  const feed = { id: run.feedId, teamId: team.id };
  const [rejected, { runs }, generations, { ofAll, ofRun }] = await Promise.all([
    listRejections(run, { limit: PAGE_SIZE, after }),
    listRuns(feed, { limit: NEIGHBOURS, before: null }),
    listGenerations(feed),
    findHolds(actor, { teamId: team.id, feedId: run.feedId, runId: run.id }),
  ]);
  const holds = [...ofAll, ...(ofRun ? [ofRun] : [])];
  const mayWrite = can(actor, "feed.write", team.id);
  const feedHref = `/t/${team.slug}/feeds/${run.feedId}`;
  const hasCounts = run.counts.values > 0;

  return (
    <>
      <PageHeader
        title={`Run ${formatNumber(run.number)}`}
        description={`${run.feedName}, started by ${triggerWord(run.trigger)}.`}
        crumbs={[
          { label: "Feeds", href: `/t/${team.slug}/feeds` },
          { label: run.feedName, href: feedHref },
          { label: `Run ${formatNumber(run.number)}` },
        ]}
        badges={<RunStateBadge state={shownStateOf(run)} />}
        actions={
          <>
            {ofRun === null && run.counts.added > 0 && can(actor, "recall.write", team.id) && (
              <WithholdDialog
                team={team.slug}
                values={{ run: run.id }}
                trigger="Withdraw what it added"
                what={`what run ${formatNumber(run.number)} of ${run.feedName} added`}
                action={withholdAction}
                checkAction={checkWithholdAction}
              />
            )}
            <Actions team={team.slug} run={run} generations={generations} mayWrite={mayWrite} />
          </>
        }
      />
      <div className="space-y-6">
        <NotSentNote team={team.slug} holds={holds} />
        {isUnderWay(run) && (
          <Card>
            <CardBody>
              <LiveProgress
                url={`/api/live/runs/${run.id}`}
                initial={toRunProgress(run, new Date())}
                label={`Run ${formatNumber(run.number)}`}
                unit="s"
              />
            </CardBody>
          </Card>
        )}
        {run.state === "held" && (
          <HeldCallout
            team={team.slug}
            run={run}
            liveCount={activeOf(runs)}
            isSuperseded={runs.some(({ state, number }) => state === "succeeded" && number > run.number)}
            actions={mayWrite ? { accept: acceptRunAction, discard: discardRunAction } : undefined}
            liveRunId={generations.runs.find(({ number }) => number === generations.liveNumber)?.id}
            isOnRunPage
          />
        )}
        {run.state === "failed" && (
          <Callout tone="danger" title="This run failed, and nothing was changed">
            {run.error?.message}
          </Callout>
        )}
        {run.state === "discarded" && run.error !== null && (
          <Callout tone="info" title="Held, then discarded: nothing of it is live">
            {describeOutcome(run)}
          </Callout>
        )}
        {run.sameAs !== null && (
          <Callout tone="warning" title="The source gave again what was not accepted">
            {describeOutcome(run)}
          </Callout>
        )}
        {run.state === "unchanged" && run.sameAs === null && (
          <Callout tone="success" title="The source had nothing new">
            {run.isLive
              ? "The same content as what is live, so no row was read and none written."
              : "The same content as what was live then; that was left by rollback since."}{" "}
            {formatCount(run.counts.active, "indicator")} active.
          </Callout>
        )}
        <div className="grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
          <div className="min-w-0 space-y-6">
            {hasCounts && (
              <Section title="Where each value went">
                <RunFunnel counts={run.counts} state={run.state} />
                <RunAftermath counts={run.counts} state={run.state} />
              </Section>
            )}
            {run.counts.excluded > 0 && (
              <Section
                title="Left out as the feed says"
                description="By its settings, not because something was wrong with them."
              >
                <ReasonCounts label="Left out, by reason" tone="neutral" reasons={run.excludedByReason} />
              </Section>
            )}
            {run.noteCount > 0 && (
              <Section
                title="Notes of this run"
                description="What did not go as it should, without ending the run."
              >
                <NoteList notes={run.notes} count={run.noteCount} />
              </Section>
            )}
            {run.counts.rejected > 0 && (
              <Rejections run={run} rows={rejected} after={after} href={`/t/${team.slug}/runs/${run.id}`} />
            )}
          </div>
          <Card className="self-start">
            <CardHeader title="Facts" />
            <CardBody className="py-2">
              <RunFacts run={run} />
            </CardBody>
          </Card>
        </div>
      </div>
    </>
  );
}

type ActionsProps = { team: string; run: RunWithTeam; generations: Generations; mayWrite: boolean };

const Actions = ({ team, run, generations, mayWrite }: ActionsProps) => {
  const { runs, liveNumber, canRollBack, leftLast } = generations;
  const hasRows = runs.some(({ id }) => id === run.id);
  const previous = runs.find(({ number, state }) => number < run.number && state === "succeeded");
  if (!hasRows) return null;
  return (
    <>
      {run.bytes !== null && (
        <LinkButton href={`/t/${team}/runs/${run.id}/rows`}>
          <Rows3 aria-hidden />
          Rows
        </LinkButton>
      )}
      <CompareMenu team={team} run={run} others={runs} liveNumber={liveNumber} />
      {mayWrite && canRollBack && run.number === liveNumber && (
        <RollBackButton
          team={team}
          run={run}
          previousNumber={previous?.number ?? null}
          action={rollBackRunAction}
          checkAction={checkRollBackAction}
        />
      )}
      {mayWrite && run.state === "rolled-back" && run.number === leftLast && (
        <ActionButton action={acceptRunAction} values={{ team, runId: run.id }}>
          <Redo2 aria-hidden />
          Make it live again
        </ActionButton>
      )}
    </>
  );
};

type RejectionsProps = {
  run: RunWithTeam;
  rows: Awaited<ReturnType<typeof listRejections>>;
  after: number;
  href: string;
};

const Rejections = ({ run, rows, after, href }: RejectionsProps) => {
  const kept = Math.min(run.counts.rejected, KEPT_ROWS);
  const last = rows.at(-1)?.ordinal ?? after;
  return (
    <Section
      title="Rejected rows"
      description={
        run.counts.rejected > KEPT_ROWS
          ? `${formatNumber(KEPT_ROWS)} of ${formatNumber(run.counts.rejected)} are kept: the first ones, and of every reason some.`
          : undefined
      }
      actions={
        // A file and no page: the browser downloads it.
        <a href={`${href}/rejected.csv`} download className={buttonClass({ size: "sm" })}>
          <Download aria-hidden />
          Download as CSV
        </a>
      }
    >
      <ReasonCounts label="Rejected, by reason" tone="danger" reasons={run.rejectedByReason} />
      <RejectedRows rows={rows} />
      {kept > PAGE_SIZE && (
        <CursorPagination
          summary={`${formatNumber(Math.min(after + 1, last))} to ${formatNumber(last)} of ${formatNumber(kept)} kept rows`}
          firstHref={after > 0 ? href : undefined}
          previousHref={after > 0 ? `${href}?after=${String(Math.max(0, after - PAGE_SIZE))}` : undefined}
          nextHref={last < kept ? `${href}?after=${String(last)}` : undefined}
        />
      )}
    </Section>
  );
};
