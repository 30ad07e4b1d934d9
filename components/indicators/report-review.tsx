"use client";

import { SearchX } from "lucide-react";
import { useState } from "react";

import { ActionForm } from "@/components/forms/action-form";
import { CheckboxField } from "@/components/forms/choice";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Card, CardBody, CardFooter, CardHeader } from "@/components/ui/card";
import { Disclosure } from "@/components/ui/disclosure";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LiveRegion } from "@/components/ui/live-region";

import { parseAddAnswer, type AddAnswer } from "./add-answers";
import { fromResult } from "./add-panel";
import { CandidateTable } from "./candidate-table";
import { defangText } from "./defang-text";
import { keyOf, type ReportAnswer } from "./report-answers";
import { SharedFields, type EndRule } from "./shared-fields";
import { TickByType } from "./tick-by-type";
import { ValueList } from "./value-list";
import { ValueSummary } from "./value-summary";

type Props = { team: string; end: EndRule; report: ReportAnswer; addAction: FormAction };

/** What was found in a report: every value with its line, ticked or not with the reason, and what all of them share. */
export const ReportReview = ({ team, end, report, addAction }: Props) => {
  const { candidates } = report;
  const [ticked, setTicked] = useState<ReadonlySet<string>>(() => proposedOf(report));
  const [added, setAdded] = useState<AddAnswer | null>(null);
  const tick = (keys: readonly string[], isTicked: boolean): void => {
    setTicked((before) => {
      const next = new Set(before);
      for (const key of keys)
        if (isTicked) next.add(key);
        else next.delete(key);
      return next;
    });
  };

  if (candidates.length === 0)
    return (
      <EmptyState icon={SearchX} title="No values found">
        No word of it is an address, a domain, a URL, an e-mail address or a hash. If it came out of a PDF,
        copy the part with the indicators once more.
        <Rejected report={report} />
      </EmptyState>
    );
  if (added !== null) return <Added team={team} added={added} />;
  const chosen = candidates
    .filter((candidate) => ticked.has(keyOf(candidate)))
    .map(({ value, port, mention }) => {
      // The way it was written holds the port, which stays as context.
      return {
        value: port === undefined ? value : mention.original,
        line: mention.line,
        context: mention.context,
      };
    });
  return (
    <ActionForm
      action={addAction}
      label="Add what is ticked"
      isQuiet
      onDone={({ data }) => {
        setAdded(parseAddAnswer(data));
      }}
      className="space-y-0"
    >
      <Card>
        <CardHeader
          title={`${formatCount(candidates.length, "value")} found`}
          description={describe(report)}
        />
        <CardBody className="space-y-4">
          <HiddenFields values={{ team, chosen: JSON.stringify(chosen) }} />
          <TickByType
            candidates={candidates}
            ticked={ticked}
            onTick={tick}
            onPropose={() => {
              setTicked(proposedOf(report));
            }}
          />
          <CandidateTable candidates={candidates} ticked={ticked} onTick={tick} />
          <Rejected report={report} />
          <SharedFields end={end} legend="For all that are ticked" />
          <CheckboxField
            name="keepsContext"
            label="Put the line it stood in behind each comment"
            hint="It goes along to the destinations, so not for a report that must not leave the team."
          />
          <FormStatus />
        </CardBody>
        <CardFooter>
          <SubmitButton pendingLabel="Adding" disabled={ticked.size === 0}>
            Add {formatCount(ticked.size, "value")}
          </SubmitButton>
          <LiveRegion>{`${formatNumber(ticked.size)} of ${formatCount(candidates.length, "value")} ticked.`}</LiveRegion>
        </CardFooter>
      </Card>
    </ActionForm>
  );
};

const Added = ({ team, added }: { team: string; added: AddAnswer }) => {
  const values = added.results.map((result) => fromResult(team, result));
  return (
    <Card>
      <CardHeader
        title="What became of it"
        description="Good ones are in; bad ones say why and cost nothing."
      />
      <CardBody className="space-y-3">
        <ValueSummary label="Results, in numbers" values={values} />
        <ValueList label="Results" values={values} />
      </CardBody>
    </Card>
  );
};

/** What looked like a value and is none, and what was not read at all: nothing is left out without a word. */
const Rejected = ({ report: { rejected, rejectedCount, notes } }: { report: ReportAnswer }) => (
  <>
    {rejected.length > 0 && (
      <Disclosure summary={`${formatCount(rejectedCount, "part")} of the text taken for no indicator`}>
        <ul className="text-muted max-h-64 space-y-1 overflow-y-auto text-xs">
          {rejected.slice(0, MAX_REJECTED).map(({ part, line, original, reason }, index) => (
            <li key={`${String(index)} ${original}`} className="wrap-anywhere">
              {part === null ? "" : `${part}, `}line {line}: <code>{defangText(original.slice(0, 200))}</code>{" "}
              {defangText(reason)}
            </li>
          ))}
          {rejectedCount > MAX_REJECTED && (
            <li>And {formatNumber(rejectedCount - MAX_REJECTED)} more of the same.</li>
          )}
        </ul>
      </Disclosure>
    )}
    {notes.map((note) => (
      <p key={note} className="text-muted text-xs wrap-anywhere">
        {note}
      </p>
    ))}
  </>
);

const MAX_REJECTED = 200;

const proposedOf = ({ candidates }: ReportAnswer): ReadonlySet<string> =>
  new Set(candidates.filter(({ isProposed }) => isProposed).map(keyOf));

const describe = ({ candidates, isMail }: ReportAnswer): string => {
  const benign = candidates.filter(({ isProposed }) => !isProposed).length;
  const kind = isMail ? "Read as an e-mail. " : "";
  return benign === 0
    ? `${kind}All are proposed. Nothing is stored before you add it.`
    : `${kind}${formatNumber(benign)} of them ${benign === 1 ? "is" : "are"} not ticked, each with the reason. Nothing is stored before you add it.`;
};
