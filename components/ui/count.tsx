import { cn } from "./cn";
import { formatDelta, formatEstimate, formatNumber } from "./format-number";
import { None } from "./key-value";

type Props = {
  value: number | null | undefined;
  /** Always say what is counted, here or in the column's heading. */
  unit?: string | undefined;
  /** "+312": a change, not an amount. */
  isDelta?: boolean;
  /** Large values are estimates: "about 2.1M". */
  isEstimate?: boolean;
  className?: string | undefined;
};

/** A number in tabular figures. `null` is "not known" and never written as 0. */
export const Count = ({ value, unit, isDelta = false, isEstimate = false, className }: Props) => {
  if (value === null || value === undefined) return <None label="not known" />;
  const format = isDelta ? formatDelta : isEstimate ? formatEstimate : formatNumber;
  return (
    <span className={cn("whitespace-nowrap tabular-nums", className)}>
      {format(value)}
      {unit !== undefined && <span className="text-muted"> {unit}</span>}
    </span>
  );
};
