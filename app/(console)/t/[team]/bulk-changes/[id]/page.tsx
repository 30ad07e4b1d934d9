import { Undo2 } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { BulkItems } from "@/components/bulk-changes/bulk-items";
import { BulkStateBadge } from "@/components/bulk-changes/bulk-state-badge";
import { ACTION_WORDS, describeChange, toBulkProgress } from "@/components/bulk-changes/bulk-words";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { LiveProgress } from "@/components/live/live-progress";
import { PersonName } from "@/components/people/person-name";
import { formatCount } from "@/components/ui/format-number";
import { KeyValueList } from "@/components/ui/key-value";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { Section } from "@/components/ui/section";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { BULK_OUTCOMES, type BulkOutcome } from "@/lib/domain/indicator/bulk-change";
import { defang } from "@/lib/domain/indicator/defang";
import type { BulkChangeView } from "@/lib/services/bulk-changes/change-view";
import { getBulkChange, listBulkItems } from "@/lib/services/bulk-changes/get-bulk-change";

import { orNotFound, readId } from "../../../../or-not-found";
import { undoBulkChangeAction } from "../actions";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<{ outcome?: string; after?: string }>;
};

export const metadata: Metadata = { title: "Bulk change" };

const PAGE_SIZE = 50;

/** One change of many indicators: how far it is, what became of each, and the way back. */
export default async function BulkChangePage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("indicator.read", slug);
  const view = await orNotFound(getBulkChange(actor, readId(id)));
  if (view.teamId !== team.id) notFound();
  const query = await searchParams;
  const outcome = BULK_OUTCOMES.find((one) => one === query.outcome);
  const after = /^\d{1,18}$/.test(query.after ?? "") ? (query.after ?? null) : null;
  const { items, next } = await listBulkItems(actor, view, { outcome, limit: PAGE_SIZE, after });
  const base = `/t/${team.slug}/bulk-changes/${view.id}`;

  return (
    <>
      <PageHeader
        title={ACTION_WORDS[view.action]}
        description={describeChange(view.change)}
        crumbs={[
          { label: "Indicators", href: `/t/${team.slug}/indicators` },
          { label: "Bulk changes", href: `/t/${team.slug}/bulk-changes` },
          { label: ACTION_WORDS[view.action] },
        ]}
        badges={<BulkStateBadge state={view.state} />}
        actions={
          view.undoableUntil !== null &&
          can(actor, "indicator.write", team.id) && <UndoDialog team={team.slug} view={view} />
        }
      />
      <div className="space-y-6">
        <LiveProgress
          key={view.state}
          url={`/api/live/bulk-changes/${view.id}`}
          initial={toBulkProgress(view)}
          label={ACTION_WORDS[view.action]}
          unit="indicators"
        />
        <KeyValueList entries={toEntries(view, team.slug)} />
        <Section title="What became of them">
          <BulkItems
            team={team.slug}
            base={base}
            outcome={outcome ?? null}
            counts={Object.entries(view.counts) as [BulkOutcome, number][]}
            items={items.map((item) => ({ ...item, defanged: defang(item.type, item.value) }))}
            nextAfter={next}
            isFirst={after === null}
          />
        </Section>
      </div>
    </>
  );
}

const UndoDialog = ({ team, view }: { team: string; view: BulkChangeView }) => {
  const changed = (view.counts.changed ?? 0) + (view.counts.outweighed ?? 0);
  return (
    <ConfirmDialog
      trigger={
        <>
          <Undo2 aria-hidden />
          Undo
        </>
      }
      title={`Put ${formatCount(changed, "indicator")} back as they were?`}
      confirmLabel="Put them back"
      isDangerous={false}
      action={undoBulkChangeAction}
      values={{ team, changeId: view.id }}
    >
      <p>
        What somebody changed since stays as it is now, and is listed. Plans follow: what was removed from a
        destination is sent there again.
      </p>
    </ConfirmDialog>
  );
};

const toEntries = (view: BulkChangeView, team: string) => [
  {
    label: "Asked by",
    value: (
      <>
        <PersonName of={view.createdBy} />, <RelativeTime at={view.createdAt} />
      </>
    ),
  },
  { label: "Chosen", value: describeSelection(view) },
  ...(view.change !== null && "feedsOnly" in view.change
    ? [
        {
          label: "Only feeds vouch",
          value: view.change.feedsOnly === "adopt" ? "Taken into the team's own list" : "Left as they are",
        },
      ]
    : []),
  ...(view.undoOf === null
    ? []
    : [
        {
          label: "Undoes",
          value: <TextLink href={`/t/${team}/bulk-changes/${view.undoOf}`}>The change before it</TextLink>,
        },
      ]),
  { label: "Can be undone", value: describeUndo(view, team) },
];

const describeSelection = ({ selection, expected, total }: BulkChangeView): string => {
  if (selection === null) return "What the undone change had changed";
  if ("ids" in selection) return `${formatCount(selection.ids.length, "indicator")}, one by one`;
  const differs =
    expected !== null && total !== null && expected !== total
      ? ` ${formatCount(expected, "indicator")} were shown, ${formatCount(total, "indicator")} matched when it began.`
      : "";
  return `All that matched.${differs}`;
};

const describeUndo = ({ undoneBy, undoableUntil, action, state }: BulkChangeView, team: string) => {
  if (undoneBy !== null)
    return <TextLink href={`/t/${team}/bulk-changes/${undoneBy}`}>It was undone</TextLink>;
  if (undoableUntil !== null)
    return (
      <>
        Yes; that ends <RelativeTime at={undoableUntil} />
      </>
    );
  if (action === "undo") return "No: an undo is not undone itself";
  return state === "queued" || state === "running"
    ? "Once it is done"
    : "No: nothing was changed, or a day is over";
};
