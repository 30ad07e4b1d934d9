import { formatNumber } from "@/components/ui/format-number";

import { valueAt, type Point, type Series } from "./series";

/** What a flow (so many per step) says in words: the sum of each series and its largest step. */
export const summariseFlow = (points: readonly Point[], series: readonly Series[]): string => {
  if (points.length === 0) return "No figures yet.";
  return series
    .map((one) => {
      const sizes = points.map((point) => ({ label: point.label, size: Math.abs(valueAt(point, one.key)) }));
      const sum = sizes.reduce((total, { size }) => total + size, 0);
      const most = sizes.reduce((best, next) => (next.size > best.size ? next : best));
      const peak = most.size > 0 ? `, most on ${most.label} (${formatNumber(most.size)})` : "";
      return `${one.label}: ${formatNumber(sum)} in all${peak}.`;
    })
    .join(" ");
};
