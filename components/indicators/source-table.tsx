import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { Badge } from "@/components/ui/badge";
import { Count } from "@/components/ui/count";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { Tlp } from "@/lib/domain/indicator/types";

import { defangText } from "./defang-text";
import { TlpBadge } from "./tlp-badge";

type RunReference = { id: string; number: number; at: Date };
export type ShownSource = {
  feed: { id: string; name: string; kind: string };
  run: RunReference | null;
  endedBy: RunReference | null;
  line: number;
  comment: string;
  threatType: string;
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  addedBy: string | null;
  /** When its source no longer held it, while the feed's policy keeps it. */
  absentSince: Date | null;
  validUntil: Date | null;
};

/** Who vouches for a value, or did: the feed, the run and the line, what it says, how sure it is. */
export const SourceTable = ({ team, sources }: { team: string; sources: readonly ShownSource[] }) => (
  <DataTable
    caption="Sources"
    columns={columnsOf(team)}
    rows={sources}
    rowKey={({ feed, run, line }) => `${feed.id} ${String(run?.number ?? 0)} ${String(line)}`}
    empty={<p className="text-muted text-sm">No feed of your team holds it any more.</p>}
  />
);

const columnsOf = (team: string): Column<ShownSource>[] => [
  {
    id: "feed",
    header: "Feed",
    isRowHeader: true,
    className: "max-w-64 min-w-40",
    cell: ({ feed, addedBy }) => (
      <>
        <TextLink
          href={`/t/${team}/feeds/${feed.id}`}
          className="block truncate font-medium"
          title={feed.name}
        >
          {feed.name}
        </TextLink>
        {addedBy !== null && <span className="text-muted block text-xs">by {addedBy}</span>}
      </>
    ),
  },
  {
    id: "word",
    header: "Its word",
    cell: ({ endedBy, absentSince }) =>
      endedBy === null ? (
        absentSince === null ? (
          <Badge tone="success">Stands</Badge>
        ) : (
          <span className="flex items-center gap-2 whitespace-nowrap">
            <Badge tone="warning">Gone there, kept</Badge>
            <RelativeTime at={absentSince} />
          </span>
        )
      ) : (
        <span className="flex items-center gap-2 whitespace-nowrap">
          <Badge>Ended</Badge>
          <TextLink href={`/t/${team}/runs/${endedBy.id}`} className="text-xs">
            run {endedBy.number}
          </TextLink>
        </span>
      ),
  },
  {
    id: "run",
    header: "Brought by",
    cell: ({ run, line }) =>
      run === null ? (
        <None />
      ) : (
        <span className="whitespace-nowrap">
          <TextLink href={`/t/${team}/runs/${run.id}`}>run {run.number}</TextLink>
          <span className="text-muted">, line {line}</span>
          <span className="text-muted block text-xs">
            <RelativeTime at={run.at} />
          </span>
        </span>
      ),
  },
  {
    id: "comment",
    header: "Comment",
    className: "min-w-40 max-w-72",
    cell: ({ comment, threatType, tags }) => (
      <>
        {comment === "" ? <None /> : <span className="break-words">{defangText(comment)}</span>}
        {(threatType !== "" || tags.length > 0) && (
          <span className="mt-1 flex flex-wrap gap-1">
            {threatType !== "" && <Badge tone="info">{threatType}</Badge>}
            {tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </span>
        )}
      </>
    ),
  },
  {
    id: "confidence",
    header: "Confidence",
    isNumeric: true,
    cell: ({ confidence }) => <Count value={confidence} />,
  },
  { id: "tlp", header: "TLP", cell: ({ tlp }) => <TlpBadge tlp={tlp} /> },
  {
    id: "until",
    header: "Until",
    cell: ({ validUntil }) => <RelativeTime at={validUntil} noneLabel="no end" />,
  },
];
