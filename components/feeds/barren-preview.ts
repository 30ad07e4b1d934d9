import { formatCount, formatNumber } from "@/components/ui/format-number";
import type { Preview } from "@/lib/domain/feed/preview";

/** That a preview found no indicator, and what became of what was read, in a sentence; null where it found one. */
export const describeBarren = ({ counts, isWhole }: Pick<Preview, "counts" | "isWhole">): string | null => {
  if (counts.indicators > 0) return null;
  if (!isWhole && counts.lines === 0) return "No indicator is in what was read: it holds no whole row.";
  const found = isWhole ? "A run would bring no indicator" : "No indicator is in what was read";
  return `${found}: ${describeRead(counts)}.`;
};

const describeRead = ({ lines, values, ...counts }: Preview["counts"]): string => {
  if (lines === 0) return "it holds no row, only comments or nothing at all";
  const rows = formatCount(lines, "row");
  if (values === 0) return `${rows} without a value`;
  const fates = [
    [counts.rejected, "rejected"],
    [counts.excluded, "excluded"],
    [counts.allowlisted, "kept in by the built-in allowlist"],
    [counts.duplicate, "duplicate"],
  ] as const;
  const parts = fates.filter(([count]) => count > 0).map(([count, fate]) => `${formatNumber(count)} ${fate}`);
  return `${rows} with ${formatCount(values, "value")}, of which ${parts.join(", ")}`;
};
