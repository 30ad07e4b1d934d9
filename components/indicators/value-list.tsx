import { formatNumber } from "@/components/ui/format-number";
import { StateBadge, type StateLook } from "@/components/ui/state-badge";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { defangText } from "./defang-text";
import { IndicatorValue } from "./indicator-value";

export type ListedValue = {
  line: number;
  original: string;
  /** The canonical value with its type; null where the text is none. */
  indicator: { type: IndicatorType; value: string } | null;
  look: StateLook;
  note: string | null;
  href?: string | undefined;
};

/** What the number of a row counts: lines of a text, items of JSON, objects of a bundle. */
type LineUnit = "line" | "item" | "object";
type Props = { label: string; values: readonly ListedValue[]; unit?: LineUnit | undefined };

/** A browser draws so many rows without stumbling; what needs a look stands first among them. */
const MAX_ROWS = 300;

/** What was read out of a pasted text, line by line: the type found, what becomes of it, and why. */
export const ValueList = ({ label, values, unit = "line" }: Props) => {
  const shown = values.length > MAX_ROWS ? troubleFirst(values).slice(0, MAX_ROWS) : values;
  return (
    <>
      <TableScroll label={label} className="max-h-[32rem] shadow-none">
        <Table className="table-fixed">
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr>
              <Th isNumeric className="w-14">
                {UNIT_WORDS[unit]}
              </Th>
              <Th>Value</Th>
              <Th>Becomes</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((value, index) => (
              <ValueRow key={`${String(index)} ${value.original}`} value={value} />
            ))}
          </tbody>
        </Table>
      </TableScroll>
      {values.length > shown.length && (
        <p className="text-muted mt-2 text-xs">
          {formatNumber(shown.length)} of {formatNumber(values.length)} shown, those with a remark first.
        </p>
      )}
    </>
  );
};

const ValueRow = ({ value: { line, original, indicator, look, note, href } }: { value: ListedValue }) => (
  <Tr>
    <Td isNumeric className="text-muted align-top">
      {line}
    </Td>
    <RowTh isSticky={false} className="min-w-0 align-top">
      {indicator === null ? (
        <code className="block truncate font-mono text-sm" title={defangText(original)}>
          {defangText(original)}
        </code>
      ) : (
        <IndicatorValue
          type={indicator.type}
          defanged={defang(indicator.type, indicator.value)}
          live={indicator.value}
        />
      )}
    </RowTh>
    <Td className="align-top">
      <span className="flex items-center gap-2">
        <StateBadge look={look} isPlain />
        {href !== undefined && (
          <TextLink href={href} className="text-xs" aria-label={`Trace ${defangText(original)}`}>
            Trace
          </TextLink>
        )}
      </span>
      {note !== null && (
        <span className="text-muted mt-0.5 block text-xs wrap-anywhere">{defangText(note)}</span>
      )}
    </Td>
  </Tr>
);

const UNIT_WORDS: Readonly<Record<LineUnit, string>> = { line: "Line", item: "Item", object: "Object" };

const troubleFirst = (values: readonly ListedValue[]): ListedValue[] =>
  values.toSorted((one, other) => Number(other.note !== null) - Number(one.note !== null));
