import { Check, Equal } from "lucide-react";

import { cn } from "@/components/ui/cn";
import { formatCount, formatNumber, formatShare } from "@/components/ui/format-number";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";

import { OUTCOMES, OUTCOMES_OF_HELD, sumOfOutcomes } from "./outcomes";
import type { RunCounts, ShownRun } from "./shown-run";

type Props = { counts: RunCounts; state: ShownRun["state"] };

/** Where each value of a run went: every one in exactly one line, with the sum below to check. */
export const RunFunnel = ({ counts, state }: Props) => {
  const sum = sumOfOutcomes(counts);
  const isHeld = state === "held" || state === "discarded";
  const outcomes = isHeld ? OUTCOMES_OF_HELD : OUTCOMES;
  return (
    <div className="space-y-3">
      <p className="text-sm">
        <strong className="font-semibold">{formatCount(counts.lines, "row")}</strong>
        <span className="text-muted"> with something in them held </span>
        <strong className="font-semibold">{formatCount(counts.values, "value")}</strong>
        <span className="text-muted">
          {isHeld ? ". Applied, they would go here:" : ". Each went one way:"}
        </span>
      </p>
      <Bar counts={counts} />
      <TableScroll label="Where each value went">
        <Table>
          <caption className="sr-only">Where each value went</caption>
          <thead>
            <tr>
              <Th>Outcome</Th>
              <Th isNumeric>Values</Th>
              <Th isNumeric>Share</Th>
              <Th className="max-sm:hidden">What it means</Th>
            </tr>
          </thead>
          <tbody>
            {outcomes.map(({ key, label, meaning, fill }) => (
              <Tr key={key} className={counts[key] === 0 ? "text-faint" : undefined}>
                <RowTh isSticky={false}>
                  <span className="inline-flex items-center gap-2">
                    <span
                      aria-hidden
                      className={cn(
                        "border-strong/40 size-2.5 rounded-xs border forced-color-adjust-none",
                        fill,
                      )}
                    />
                    {label}
                  </span>
                </RowTh>
                <Td isNumeric>{formatNumber(counts[key])}</Td>
                <Td isNumeric className="text-muted">
                  {counts.values === 0 ? "–" : formatShare(counts[key] / counts.values)}
                </Td>
                <Td className="text-muted text-xs max-sm:hidden">{meaning}</Td>
              </Tr>
            ))}
          </tbody>
          <tfoot>
            <Tr className="font-medium">
              <RowTh isSticky={false} className="border-strong/40 border-t font-medium">
                Together
              </RowTh>
              <Td isNumeric className="border-strong/40 border-t">
                {formatNumber(sum)}
              </Td>
              <Td className="border-strong/40 border-t" />
              <Td className="border-strong/40 border-t text-xs max-sm:hidden">
                <Sum sum={sum} values={counts.values} />
              </Td>
            </Tr>
          </tfoot>
        </Table>
      </TableScroll>
    </div>
  );
};

const Sum = ({ sum, values }: { sum: number; values: number }) =>
  sum === values ? (
    <span className="text-success inline-flex items-center gap-1.5">
      <Check aria-hidden className="size-3.5" />
      Adds up to the {formatNumber(values)} values that were read
    </span>
  ) : (
    <span className="text-danger inline-flex items-center gap-1.5">
      <Equal aria-hidden className="size-3.5" />
      Does not add up to {formatNumber(values)}: tell your operator
    </span>
  );

const Bar = ({ counts }: { counts: RunCounts }) => (
  <div aria-hidden className="bg-sunken flex h-3 gap-px overflow-hidden rounded-full border">
    {OUTCOMES.filter(({ key }) => counts[key] > 0).map(({ key, fill }) => (
      <span
        key={key}
        className={cn("min-w-1 forced-color-adjust-none", fill)}
        style={{ flexGrow: counts[key], flexBasis: 0 }}
      />
    ))}
  </div>
);
