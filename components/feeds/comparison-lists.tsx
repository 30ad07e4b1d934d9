import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { defangText } from "@/components/indicators/defang-text";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { None } from "@/components/ui/key-value";
import { Section } from "@/components/ui/section";
import { defang } from "@/lib/domain/indicator/defang";
import { TLP_LABELS, type IndicatorType, type Tlp } from "@/lib/domain/indicator/types";

type Side = {
  line: number;
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  comment: string;
  threatType: string;
  validUntil: Date | null;
};
type Value = { id: string; type: IndicatorType; value: string; before: Side | null; after: Side | null };

type Props = {
  /** The run looked at, and the one it is compared with. */
  run: number;
  other: number;
  counts: { added: number; removed: number; changed: number };
  added: readonly Value[];
  removed: readonly Value[];
  changed: readonly Value[];
};

/** What one run holds and another does not, a page of each list; what would be lost stands first. */
export const ComparisonLists = ({ run, other, counts, added, removed, changed }: Props) => (
  <>
    <List
      title={`Only in run ${formatNumber(other)}`}
      description={`Run ${formatNumber(run)} does not hold them.`}
      count={counts.removed}
      rows={removed}
      columns={[VALUE, lineOf("before"), contextOf("before")]}
    />
    <List
      title={`Only in run ${formatNumber(run)}`}
      description={`Run ${formatNumber(other)} does not hold them.`}
      count={counts.added}
      rows={added}
      columns={[VALUE, lineOf("after"), contextOf("after")]}
    />
    <List
      title="In both, told otherwise"
      description="Their comment, confidence, TLP, tags or end differ."
      count={counts.changed}
      rows={changed}
      columns={[VALUE, CHANGES]}
    />
  </>
);

type ListProps = {
  title: string;
  description: string;
  count: number;
  rows: readonly Value[];
  columns: readonly Column<Value>[];
};

const List = ({ title, description, count, rows, columns }: ListProps) => {
  if (count === 0) return null;
  return (
    <Section title={`${title}: ${formatCount(count, "value")}`} description={description}>
      <DataTable
        caption={title}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        empty={<p className="text-muted text-sm">All of them stood on the pages before.</p>}
      />
    </Section>
  );
};

const VALUE: Column<Value> = {
  id: "value",
  header: "Value",
  isRowHeader: true,
  cell: ({ type, value }) => <IndicatorValue type={type} defanged={defang(type, value)} live={value} />,
};

const lineOf = (side: "before" | "after"): Column<Value> => ({
  id: "line",
  header: "Line",
  isNumeric: true,
  cell: (row) => formatNumber(row[side]?.line ?? 0),
});

const contextOf = (side: "before" | "after"): Column<Value> => ({
  id: "context",
  header: "What it says",
  className: "max-w-md min-w-48",
  cell: (row) => {
    const facts = factsOf(row[side]).filter(([, text]) => text !== "");
    return facts.length === 0 ? (
      <None />
    ) : (
      <span className="block truncate text-xs" title={facts.map(([, text]) => text).join(" · ")}>
        {facts.map(([, text]) => text).join(" · ")}
      </span>
    );
  },
});

const CHANGES: Column<Value> = {
  id: "changes",
  header: "What differs",
  className: "min-w-64",
  cell: ({ before, after }) => {
    const then = factsOf(before);
    const differing = factsOf(after).flatMap(([label, text], index) => {
      const earlier = then[index]?.[1] ?? "";
      return earlier === text ? [] : [{ label, earlier, text }];
    });
    return (
      <ul className="space-y-0.5 text-xs">
        {differing.map(({ label, earlier, text }) => (
          <li key={label} className="wrap-anywhere">
            <span className="text-muted">{label}: </span>
            <del className="text-muted">{earlier === "" ? "none" : earlier}</del> <span aria-hidden>→</span>{" "}
            <ins className="no-underline">{text === "" ? "none" : text}</ins>
          </li>
        ))}
        {differing.length === 0 && <li className="text-muted">Details that are kept beside it.</li>}
      </ul>
    );
  },
};

const factsOf = (side: Side | null): [label: string, text: string][] =>
  side === null
    ? []
    : [
        ["Confidence", String(side.confidence)],
        ["TLP", TLP_LABELS[side.tlp]],
        ["Tags", side.tags.map(defangText).join(", ")],
        ["Threat", defangText(side.threatType)],
        ["Comment", defangText(side.comment)],
        ["Until", side.validUntil?.toISOString().slice(0, 10) ?? ""],
      ];
