import { formatCount, formatNumber } from "@/components/ui/format-number";
import type { DriftKind } from "@/lib/domain/delivery/drift-choices";

/** What somebody did to records, as a tab says it. */
export const DRIFT_KIND_LABELS: Readonly<Record<DriftKind, string>> = {
  removed: "Removed",
  changed: "Changed",
  ended: "Ended",
  revoked: "Revoked",
};

/** What becomes of a record that nobody here knows of. */
export const STRANGER_STATE_WORDS = {
  open: "Nobody decided",
  ignored: "Ignored until it changes",
  adopted: "Adopted",
  marked: "Marked to be removed",
  removing: "Being removed; not yet seen to be gone",
  failed: "Its removal failed",
  gone: "Removed, and seen to be gone",
} as const;

type Known = { kind: string; strangers: { count: number } | null };

/** What stands there that nobody here knows of, by the last comparison, and how many of it nobody decided about. */
export const sayStrangers = ({ kind, strangers }: Known, open: number): string => {
  const count = strangers?.count ?? 0;
  const found = `${formatCount(count, "record")} of this ${kind === "defender" ? "application" : "source"} that Sluice did not send, or forgot`;
  if (open === 0) return `${found}. All of it is decided.`;
  const rest =
    open < count ? ` ${formatNumber(open)} of them ${open === 1 ? "waits" : "wait"} for a decision:` : "";
  return `${found}.${rest === "" ? " Adopt" : `${rest} adopt`} what your team wants, or have the rest removed.`;
};

const NAMED = 3;

/** Where what a team adopts goes as well: by its other connectors, by name. */
export const sayElsewhere = (connectors: readonly string[]): string => {
  if (connectors.length === 0) return "Your team has no other connector that it would go to as well.";
  const more = connectors.length - NAMED;
  const names = `${connectors.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`;
  return `It goes wider than this destination: your team’s ${formatCount(connectors.length, "other connector")} (${names}) ${connectors.length === 1 ? "sends it" : "send it"}, too, asking for the same action, where ${connectors.length === 1 ? "its" : "their"} settings take it.`;
};
