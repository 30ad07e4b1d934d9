import { Suspense } from "react";

import { RawRowCard } from "@/components/indicators/raw-row-card";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { TextLink } from "@/components/ui/text-link";
import type { Actor } from "@/lib/domain/access/actor";
import { describeMark, describePort } from "@/lib/domain/indicator/explain-spelling";
import type { Trace } from "@/lib/services/indicators/trace-indicator";
import { traceRawRow } from "@/lib/services/indicators/trace-raw-row";

type Props = { actor: Actor; team: string; trace: Trace };

/** More rows of one value are read on the pages of their runs. */
const MAX_ROWS = 4;

/** The rows in which the value stands, read from what is kept of the sources; each comes when it is found. */
export const RawRows = ({ actor, team, trace }: Props) => {
  const placed = trace.attributions.flatMap((source) =>
    source.run === null ? [] : [{ ...source, run: source.run }],
  );
  return (
    <div className="space-y-4">
      {placed.slice(0, MAX_ROWS).map(({ feed, run, line, marks, port }) => (
        <Card key={`${feed.id} ${String(run.number)} ${String(line)}`}>
          <CardHeader
            level={3}
            title={feed.name}
            description={
              <>
                <TextLink href={`/t/${team}/runs/${run.id}`}>Run {run.number}</TextLink>, line {line}
              </>
            }
          />
          <CardBody>
            <Suspense fallback={<p className="text-muted text-sm">Looking for the line …</p>}>
              <RawRow
                actor={actor}
                place={{ runId: run.id, line, type: trace.type, value: trace.value }}
                noted={noteOf(marks, port)}
              />
            </Suspense>
          </CardBody>
        </Card>
      ))}
      {placed.length > MAX_ROWS && (
        <p className="text-muted text-sm">
          The rows of {placed.length - MAX_ROWS} earlier entries are on the pages of their runs.
        </p>
      )}
    </div>
  );
};

type RowProps = { actor: Actor; place: Parameters<typeof traceRawRow>[1]; noted: readonly string[] };

const RawRow = async ({ actor, place, noted }: RowProps) => {
  const row = await traceRawRow(actor, place);
  return (
    <>
      <RawRowCard row={row} />
      {!row.isKept && noted.length > 0 && (
        <p className="mt-2 text-sm">Noted when it was read: {noted.join(" ")}</p>
      )}
    </>
  );
};

/** What is kept beside the value of how it was read, also when the row has gone. */
const noteOf = (marks: readonly string[], port: number | null): string[] => [
  ...marks.flatMap((mark) => describeMark(mark) ?? []),
  ...(port === null ? [] : [describePort(port)]),
];
