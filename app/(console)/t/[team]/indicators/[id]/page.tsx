import { RotateCcw, Undo2 } from "lucide-react";
import type { Metadata } from "next";
import { Suspense } from "react";
import { z } from "zod";

import { Field } from "@/components/forms/field";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { AdoptedNote } from "@/components/indicators/adopted-note";
import { AddressSummary } from "@/components/indicators/address-summary";
import { DecisionTable } from "@/components/indicators/decision-table";
import { DestinationTable } from "@/components/indicators/destination-table";
import { EditDialog } from "@/components/indicators/edit-dialog";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { MarkCallout } from "@/components/allowlists/mark-callout";
import { RelativesList } from "@/components/indicators/relatives-list";
import { SourceTable } from "@/components/indicators/source-table";
import { TraceTimeline } from "@/components/indicators/trace-timeline";
import { VerdictStrip } from "@/components/indicators/verdict-strip";
import { RecallDialog } from "@/components/recalls/recall-dialog";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { Section } from "@/components/ui/section";
import { Textarea } from "@/components/ui/textarea";
import { truncateMiddle } from "@/components/ui/truncate";
import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { defang } from "@/lib/domain/indicator/defang";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import { readBulkWaits } from "@/lib/services/bulk-changes/read-bulk-waits";
import { correlate } from "@/lib/services/indicators/correlate";
import { findLocalEntry } from "@/lib/services/indicators/local-entry";
import { readDefaultEnd } from "@/lib/services/indicators/local-feed";
import { traceIndicator, type Trace } from "@/lib/services/indicators/trace-indicator";
import { findOpenProposalOf } from "@/lib/services/proposals/list-proposals";

import { orNotFound, readId } from "../../../../or-not-found";
import { checkRecallAction, recallAction } from "../../recalls/actions";
import { editIndicatorAction, liftWithdrawalAction, withdrawIndicatorAction } from "../actions";
import { NetworkAddress } from "./network-address";
import { RawRows } from "./raw-rows";

export const metadata: Metadata = { title: "Trace" };

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** Where the timeline begins; one that is not ours begins with what happened last. */
const searchSchema = z.object({ before: z.string().optional().catch(undefined) });
const placeSchema = z.tuple([z.iso.datetime(), z.string().max(100)]);

const CRUMB_LENGTH = 40;

/** The trace of one value: why it is here, who brought it, where it went, what happened when. */
export default async function IndicatorPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("indicator.read", slug);
  const { before } = searchSchema.parse(await searchParams);
  const after = readPlace(before);
  // A person in two teams sees each team's trace on that team's pages.
  const trace = await orNotFound(traceIndicator(actor, readId(id), { after, teamIds: [team.id] }));
  const state = trace.states.find(({ teamId }) => teamId === team.id);
  const here = `/t/${team.slug}/indicators/${trace.id}`;
  const next = trace.timelineNext && encodeCursor([trace.timelineNext.at, trace.timelineNext.key]);
  const newestHref = after === null ? undefined : here;
  const olderHref = next === null ? undefined : `${here}?before=${next}`;
  if (state === undefined) return <NetworkAddress team={team.slug} {...{ trace, newestHref, olderHref }} />;
  const shown = defang(trace.type, trace.value);
  const live = [
    ...trace.receipts.filter(({ state: receipt }) => LIVE.has(receipt)),
    ...trace.addresses.filter(({ standing }) => standing > 0),
  ];
  const feeds = trace.attributions.filter(
    ({ endedBy, feed }) => endedBy === null && feed.kind !== "local",
  ).length;
  const [entry, rule, waits, proposal] = await Promise.all([
    findLocalEntry(team.id, trace.id),
    readDefaultEnd(team.id),
    readBulkWaits(actor, team.id),
    findOpenProposalOf(actor, { teamId: team.id, indicatorId: trace.id }),
  ]);
  const end = { rule, at: new Date().toISOString() };
  const mayWithdraw = can(actor, "indicator.write", team.id) && state.state !== "withdrawn";

  return (
    <>
      <PageHeader
        title={<IndicatorValue type={trace.type} defanged={shown} live={trace.value} isLarge />}
        description={INDICATOR_TYPE_LABELS[trace.type]}
        crumbs={[
          { label: "Indicators", href: `/t/${team.slug}/indicators` },
          { label: truncateMiddle(shown, CRUMB_LENGTH) },
        ]}
        actions={
          <>
            {can(actor, "recall.write", team.id) && state.state !== "recalled" && (
              <RecallDialog
                team={team.slug}
                action={recallAction}
                checkAction={checkRecallAction}
                target={shown}
              />
            )}
            {entry !== null && mayWithdraw && (
              <EditDialog
                team={team.slug}
                id={trace.id}
                entry={entry}
                end={end}
                action={editIndicatorAction}
              />
            )}
            {can(actor, "indicator.write", team.id) && state.state === "withdrawn" && (
              <LiftDialog
                team={team.slug}
                id={trace.id}
                shown={truncateMiddle(shown, CRUMB_LENGTH)}
                feeds={feeds}
              />
            )}
            {mayWithdraw && (
              <WithdrawDialog
                team={team.slug}
                id={trace.id}
                shown={truncateMiddle(shown, CRUMB_LENGTH)}
                liveAt={live}
                feeds={feeds}
                waits={waits.withdrawals}
              />
            )}
          </>
        }
      />
      <div className="space-y-6">
        <VerdictStrip
          verdict={state}
          attributions={trace.attributions}
          liveAt={live.length}
          holds={trace.holds}
          holdsHref={`/t/${team.slug}/recalls`}
        />
        {proposal !== null && (
          <Callout
            tone="info"
            title={`A change of it waits for a second person: ${proposal.operation === "add" ? "added or edited" : "withdrawn"} by ${proposal.proposedByName}`}
          >
            It stands as it is until another member of the team approves.{" "}
            <TextLink href={`/t/${team.slug}/proposals/${proposal.id}`}>Look at the proposal</TextLink>
          </Callout>
        )}
        {trace.allowlists.map((mark) => (
          <MarkCallout key={mark.list} team={team.slug} mark={mark} />
        ))}
        <div className="grid grid-cols-1 gap-6 2xl:grid-cols-[minmax(0,1fr)_20rem]">
          <div className="min-w-0 space-y-6">
            <Section
              title="Sources"
              description="Each feed that vouches for it, or did, with the line it stood on."
            >
              <SourceTable team={team.slug} sources={trace.attributions} />
            </Section>
            <Section
              title="Rows"
              description="As it stood in each source, and how that became the value here."
            >
              <RawRows actor={actor} team={team.slug} trace={trace} />
            </Section>
            <Section
              title="Decisions"
              description="What each connector’s newest plan says of it and why, by which policy, and what was last asked of the destination."
            >
              <DecisionTable team={team.slug} decisions={trace.decisions} />
            </Section>
            <Section
              title="Destinations"
              description="What each destination answered for this one value, what stands there and who asked for it."
            >
              <AdoptedNote adopted={trace.adopted} />
              {trace.addresses.length === 0 || trace.receipts.length > 0 ? (
                <DestinationTable
                  team={team.slug}
                  receipts={trace.receipts}
                  adopted={trace.adopted}
                  state={state.state}
                />
              ) : null}
              {trace.addresses.length > 0 && <AddressSummary team={team.slug} sent={trace.addresses} />}
            </Section>
          </div>
          <div className="grid items-start gap-6 self-start lg:grid-cols-2 2xl:grid-cols-1">
            <Card>
              <CardHeader title="More like it" />
              <CardBody>
                <Suspense fallback={<p className="text-muted text-sm">Counting …</p>}>
                  <Relatives actor={actor} team={team} trace={trace} />
                </Suspense>
              </CardBody>
            </Card>
            <Card>
              <CardHeader title="What happened" />
              <CardBody>
                <TraceTimeline events={trace.timeline} newestHref={newestHref} olderHref={olderHref} />
              </CardBody>
            </Card>
          </div>
        </div>
      </div>
    </>
  );
}

const readPlace = (before: string | undefined): { at: string; key: string } | null => {
  try {
    const [at, key] = decodeCursor(before, placeSchema) ?? [];
    return at !== undefined && key !== undefined ? { at, key } : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
};

const Relatives = async ({ actor, team, trace }: { actor: Actor; team: TeamAccess; trace: Trace }) => (
  <RelativesList
    team={team.slug}
    relatives={await correlate(actor, { teamId: team.id, type: trace.type, value: trace.value })}
  />
);

type WithdrawProps = {
  team: string;
  id: string;
  shown: string;
  liveAt: readonly { connector: string }[];
  /** How many fetched feeds of the team vouch for it. */
  feeds: number;
  /** The team wants a second person for it. */
  waits: boolean;
};

const WithdrawDialog = ({ team, id, shown, liveAt, feeds, waits }: WithdrawProps) => (
  <ConfirmDialog
    trigger={
      <>
        <Undo2 aria-hidden />
        Withdraw
      </>
    }
    variant="danger-quiet"
    title={
      <>
        Withdraw <span className="font-mono break-all">{shown}</span>?
      </>
    }
    confirmLabel={waits ? "Propose it" : "Withdraw it"}
    action={withdrawIndicatorAction}
    values={{ team, indicatorId: id }}
    fields={
      <Field name="reason" label="Reason" hint="Kept in the audit, for whoever asks later." required>
        <Textarea rows={2} />
      </Field>
    }
  >
    {waits && <p>Your team asks for a second person: it stands until another member approves.</p>}
    <p>
      Your team no longer vouches for it.{" "}
      {liveAt.length === 0
        ? "It stands at no destination."
        : `It stands at ${formatCount(liveAt.length, "destination")} (${liveAt.map(({ connector }) => connector).join(", ")}); their next plan removes it: Defender deletes it, Sentinel gives it an end.`}
    </p>
    {feeds > 0 && (
      <p>
        {formatCount(feeds, "feed")} of your team still {feeds === 1 ? "holds" : "hold"} it and cannot bring
        it back by itself.
      </p>
    )}
    <p>Lifting the withdrawal on this page, or adding it by hand again, undoes this.</p>
  </ConfirmDialog>
);

const LiftDialog = ({ team, id, shown, feeds }: Omit<WithdrawProps, "liveAt" | "waits">) => (
  <ConfirmDialog
    trigger={
      <>
        <RotateCcw aria-hidden />
        Lift the withdrawal
      </>
    }
    title={
      <>
        Lift the withdrawal of <span className="font-mono break-all">{shown}</span>?
      </>
    }
    confirmLabel="Lift it"
    isDangerous={false}
    action={liftWithdrawalAction}
    values={{ team, indicatorId: id }}
  >
    <p>
      {feeds === 0
        ? "No feed of the team names it now: it stays out until one does, or until somebody adds it by hand."
        : `What ${formatCount(feeds, "feed")} of your team ${feeds === 1 ? "says" : "say"} of it counts again, and goes out with the next plan of each connector.`}
    </p>
    <p>Your team’s own entry, which the withdrawal ended, stays ended: add it by hand to have it back.</p>
  </ConfirmDialog>
);

const LIVE: ReadonlySet<string> = new Set(["accepted", "visible"]);
