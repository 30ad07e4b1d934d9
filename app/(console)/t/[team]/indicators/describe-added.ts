import { formatCount, formatNumber } from "@/components/ui/format-number";

/** How many values are in, and how many wait for a second person. */
export const describeAdded = (results: readonly { outcome: string }[]): string => {
  const waiting = results.filter(({ outcome }) => outcome === "proposed").length;
  const rejected = results.filter(({ outcome }) => outcome === "rejected").length;
  const isIn = `${formatNumber(results.length - waiting - rejected)} of ${formatCount(results.length, "value")} ${results.length === 1 ? "is" : "are"} in.`;
  return waiting === 0
    ? isIn
    : `${isIn} ${formatNumber(waiting)} ${waiting === 1 ? "waits" : "wait"} for a second person.`;
};
