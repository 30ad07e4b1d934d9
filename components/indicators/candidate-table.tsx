"use client";

import { CircleEqual, CirclePlus, ShieldCheck } from "lucide-react";

import { Checkbox } from "@/components/ui/checkbox";
import { StateBadge, type StateLook } from "@/components/ui/state-badge";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { defang } from "@/lib/domain/indicator/defang";

import { defangText } from "./defang-text";
import { IndicatorValue } from "./indicator-value";
import { keyOf, type Candidate } from "./report-answers";

type Props = {
  candidates: readonly Candidate[];
  ticked: ReadonlySet<string>;
  onTick: (keys: readonly string[], isTicked: boolean) => void;
};

/** Every value of a report: whether it is to be added, the line it stood in, and what speaks against it. */
export const CandidateTable = ({ candidates, ticked, onTick }: Props) => (
  <TableScroll label="Values of the report" isTall>
    <Table className="min-w-[52rem]">
      <caption className="sr-only">Values of the report</caption>
      <thead>
        <tr>
          <Th className="w-10">
            <span className="sr-only">Add</span>
          </Th>
          <Th>Value</Th>
          <Th>Where it stands</Th>
          <Th>Is</Th>
        </tr>
      </thead>
      <tbody>
        {candidates.map((candidate) => (
          <CandidateRow
            key={keyOf(candidate)}
            candidate={candidate}
            isTicked={ticked.has(keyOf(candidate))}
            onTick={onTick}
          />
        ))}
      </tbody>
    </Table>
  </TableScroll>
);

type RowProps = { candidate: Candidate; isTicked: boolean; onTick: Props["onTick"] };

const CandidateRow = ({ candidate, isTicked, onTick }: RowProps) => {
  const { type, value, mention, mentions, reason, caution, known } = candidate;
  const defanged = defang(type, value);
  return (
    <Tr>
      <Td className="align-top">
        <Checkbox
          checked={isTicked}
          aria-label={`Add ${defanged}`}
          onChange={({ currentTarget }) => {
            onTick([keyOf(candidate)], currentTarget.checked);
          }}
        />
      </Td>
      <RowTh isSticky={false} className="w-72 max-w-72 align-top">
        <IndicatorValue type={type} defanged={defanged} live={value} showsType />
        {/* On a narrow screen the other columns are out of sight, and what speaks for a value must not be. */}
        <span className="mt-1 block sm:hidden">
          <Context mention={mention} value={value} />
        </span>
        {reason !== null && (
          <span aria-hidden className="text-muted mt-1 block text-xs wrap-anywhere sm:hidden">
            {defangText(reason)}
          </span>
        )}
      </RowTh>
      <Td className="align-top">
        <Context mention={mention} value={value} />
        <span className="text-muted block text-xs">
          {mention.part === null ? "" : `${mention.part}, `}line {mention.line}
          {mentions > 1 && `, ${String(mentions)} mentions`}
        </span>
      </Td>
      <Td className="w-64 align-top">
        <StateBadge look={lookOf(candidate)} isPlain />
        {[...new Set([reason, caution, known])]
          .filter((sentence) => sentence !== null)
          .map((sentence) => (
            <span key={sentence} className="text-muted mt-0.5 block text-xs wrap-anywhere">
              {defangText(sentence)}
            </span>
          ))}
      </Td>
    </Tr>
  );
};

/** The line with the value marked in it, no part of it a link. */
const Context = ({ mention, value }: { mention: Candidate["mention"]; value: string }) => {
  const { context } = mention;
  const original = withoutTail(mention.original, value);
  const at = context.indexOf(original);
  if (at === -1) return <span className="block text-xs wrap-anywhere">{defangText(context)}</span>;
  return (
    <span className="block text-xs wrap-anywhere">
      {defangText(context.slice(Math.max(0, at - BEFORE_CHARS), at))}
      <mark className="bg-warning-tint text-ink rounded-sm px-0.5 font-mono">{defangText(original)}</mark>
      {defangText(context.slice(at + original.length))}
    </span>
  );
};

const BEFORE_CHARS = 120;

/** What ends a sentence or closes a bracket after the value is no part of it. */
const withoutTail = (original: string, value: string): string => {
  let end = original.length;
  while (end > 0 && TAIL.includes(original.charAt(end - 1)) && !value.endsWith(original.charAt(end - 1)))
    end -= 1;
  return end === 0 ? original : original.slice(0, end);
};

const TAIL = ".,;:!?\"'”’)>";

const lookOf = ({ isProposed, known, caution }: Candidate): StateLook => {
  if (isProposed) return { word: "New", icon: CirclePlus, tone: "success" };
  if (caution !== null) return { word: "On an allowlist", icon: ShieldCheck, tone: "warning" };
  if (known !== null) return { word: "Known", icon: CircleEqual, tone: "info" };
  return { word: "Likely benign", icon: ShieldCheck, tone: "neutral" };
};
