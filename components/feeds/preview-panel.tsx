"use client";

import { Eye, Hourglass, Wand2 } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { cn } from "@/components/ui/cn";
import { EmptyState } from "@/components/ui/empty-state";
import { formatBytes } from "@/components/ui/format-bytes";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LiveRegion } from "@/components/ui/live-region";
import type { ActionState } from "@/lib/actions/state";
import type { Preview } from "@/lib/domain/feed/preview";

import { describeBarren } from "./barren-preview";
import { COLUMN_WORDS } from "./column-words";
import { delimiterWord } from "./delimiter-words";
import { isOffered, type CsvValues } from "./feed-form-values";
import { NoteList } from "./note-list";
import type { PreviewAnswer, ShownProposal } from "./preview-answer";
import { PreviewColumns } from "./preview-columns";
import { PreviewCounts } from "./preview-counts";
import { PreviewRows } from "./preview-rows";
import { Refusal } from "./refusal";

type Props = {
  answer: ActionState;
  shown: PreviewAnswer | null;
  isPending: boolean;
  /** Other bytes are on their way than those that were shown. */
  isFetching: boolean;
  /** The list is a file: there is no address. */
  isUpload: boolean;
  /** What leads to a first preview. */
  firstStep: string;
  /** The address was changed since the last fetch. */
  hasNewAddress: boolean;
  /** The mapping as it stands; null for a format that has none. */
  csv: CsvValues | null;
  onUse: (proposal: ShownProposal, form: HTMLFormElement) => void;
  /** What another kind of mapping has to propose. */
  children?: ReactNode;
};

/** What a feed would bring, before anything is saved: its first rows, what became of each, and why some became nothing. */
export const PreviewPanel = ({
  answer,
  shown,
  isPending,
  isFetching,
  isUpload,
  firstStep,
  hasNewAddress,
  csv,
  onUse,
  children,
}: Props) => (
  <section
    aria-label="Preview"
    aria-busy={isPending}
    className="min-w-0 space-y-3 self-start xl:sticky xl:top-16"
  >
    <Refusal answer={answer} fallback="The preview needs another look at these fields." />
    {isFetching && (
      <EmptyState icon={Hourglass} title={isUpload ? "Reading the file" : "Fetching"}>
        The first rows appear here, each with what it would become.
      </EmptyState>
    )}
    {shown === null ? (
      !isFetching &&
      answer.status === "idle" && (
        <EmptyState icon={Eye} title="Nothing fetched yet">
          {firstStep}: the first rows appear here, each with what it would become.
        </EmptyState>
      )
    ) : (
      <div className={cn("space-y-3 transition-opacity", isPending && "opacity-60")}>
        {hasNewAddress && (
          <Callout tone="info" title="The address has changed since">
            Press “Fetch again” to see what is there now.
          </Callout>
        )}
        {csv !== null &&
          shown.proposal !== null &&
          isText(shown.preview.detected) &&
          isOffered(csv, shown.proposal) && <Proposal proposal={shown.proposal} onUse={onUse} />}
        {children}
        {shown.preview.cutShort !== null && (
          <Callout tone="warning" title="The answer broke off">
            {shown.preview.cutShort} Below is what had come. A run would be held for somebody to look at, and
            nothing would change.
          </Callout>
        )}
        <Barren preview={shown.preview} />
        <Summary preview={shown.preview} />
        <PreviewCounts counts={shown.preview.counts} />
        {shown.preview.noteCount > 0 && (
          <Callout tone="warning" title={`${formatCount(shown.preview.noteCount, "note")} on the way`}>
            <NoteList notes={shown.preview.notes} count={shown.preview.noteCount} />
          </Callout>
        )}
        {csv !== null && shown.proposal !== null && <PreviewColumns columns={shown.proposal.found} />}
        {shown.preview.rows.length > 0 && <PreviewRows rows={shown.preview.rows} />}
      </div>
    )}
    <LiveRegion>{answer.status === "done" && !isPending ? `Preview: ${answer.message}` : ""}</LiveRegion>
  </section>
);

/** What is no list at all is not proposed to be cut in columns. */
const isText = (detected: Preview["detected"]): boolean =>
  detected === null || detected.kind === "csv" || detected.kind === "freetext";

const Proposal = ({ proposal, onUse }: { proposal: ShownProposal; onUse: Props["onUse"] }) => (
  <Callout
    tone="info"
    title={describeProposal(proposal)}
    action={
      <Button
        size="sm"
        onClick={(event) => {
          if (event.currentTarget.form) onUse(proposal, event.currentTarget.form);
        }}
      >
        <Wand2 aria-hidden />
        Use this
      </Button>
    }
  />
);

const describeProposal = ({ delimiter, header, valueColumns, columns }: ShownProposal): string => {
  const others = Object.entries(columns).map(
    ([role, column]) => `${labelOf(role).toLowerCase()} in ${String(column)}`,
  );
  const values = `values in column ${valueColumns.join(", ")}`;
  return `Looks like: ${[delimiterWord(delimiter), header ? "a header row" : "no header", values, ...others].join(", ")}.`;
};

const ROLE_LABELS: Readonly<Record<string, { label: string }>> = COLUMN_WORDS;
const labelOf = (role: string): string => ROLE_LABELS[role]?.label ?? role;

const Barren = ({ preview }: { preview: Preview }) => {
  const sentence = describeBarren(preview);
  if (sentence === null) return null;
  return (
    <Callout tone="warning" title={sentence}>
      {preview.counts.lines > 0
        ? "Most often the values stand in another column, or the list is of another kind."
        : undefined}
    </Callout>
  );
};

const Summary = ({
  preview: { bytes, contentType, encoding, counts, isWhole, isBeginning },
}: {
  preview: Preview;
}) => (
  <p className="text-sm">
    <strong className="font-semibold">{formatCount(counts.indicators, "indicator")}</strong> in{" "}
    {formatCount(counts.lines, "row")}
    <span className="text-muted">
      {" "}
      · {isBeginning && "the first "}
      {formatBytes(bytes)}
      {contentType !== null && `, ${contentType}`}
      {encoding !== null && `, ${encoding}`}
      {counts.known > 0 && ` · ${formatNumber(counts.known)} of them your team has already`}
      {!isWhole && counts.values > 0 && ` · counted up to the first ${formatNumber(counts.values)} values`}
    </span>
  </p>
);
