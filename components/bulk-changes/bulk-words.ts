import type { ProgressMessage } from "@/components/live/progress-message";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import type { BulkAction, BulkChange, BulkOutcome, BulkState } from "@/lib/domain/indicator/bulk-change";
import { TLP_LABELS } from "@/lib/domain/indicator/types";

/** What a change does, as a heading. */
export const ACTION_WORDS: Readonly<Record<BulkAction, string>> = {
  withdraw: "Withdrawal",
  validity: "New end",
  tags: "Tags",
  confidence: "Confidence",
  tlp: "TLP",
  undo: "Undo",
};

/** What became of an item, as a word, and why. */
export const OUTCOME_WORDS: Readonly<Record<BulkOutcome, { word: string; why: string }>> = {
  changed: { word: "Changed", why: "Done as asked." },
  outweighed: {
    word: "Changed, a feed outweighs it",
    why: "Your team's own entry is as asked. The list still shows a feed's word: of all sources it shows the highest confidence, the strictest TLP, the latest end and every tag.",
  },
  unchanged: { word: "Was so already", why: "There was nothing to change." },
  "feeds-only": {
    word: "Left: only feeds vouch",
    why: "Your team has no entry of its own, and what a feed says is not changed by hand.",
  },
  withdrawn: { word: "Left: withdrawn", why: "It is withdrawn, so there is nothing to change or end." },
  "too-many-tags": { word: "Left: too many tags", why: "It would have more tags than a value may have." },
  gone: { word: "Left: gone", why: "The team does not have it any more." },
  restored: { word: "Put back", why: "It is again as it was before." },
  "changed-since": {
    word: "Left: changed since",
    why: "Somebody changed it after this change; their word stays.",
  },
};

/** What was asked, in a line. */
export const describeChange = (change: BulkChange | null): string => {
  if (change === null) return "Puts back what another change did, where nobody changed it since.";
  switch (change.action) {
    case "withdraw":
      return change.reason;
    case "validity":
      return change.validUntil === null ? "No end" : `Until ${change.validUntil.slice(0, 10)}`;
    case "tags":
      return [
        change.add.length > 0 && `add ${change.add.join(", ")}`,
        change.remove.length > 0 && `take away ${change.remove.join(", ")}`,
      ]
        .filter((part) => part !== false)
        .join("; ");
    case "confidence":
      return `Set to ${String(change.confidence)}`;
    case "tlp":
      return `Set to ${TLP_LABELS[change.tlp]}`;
  }
};

type Change = {
  action: BulkAction;
  state: BulkState;
  total: number | null;
  done: number;
  counts: Partial<Record<BulkOutcome, number>>;
  refused: number;
  message: string | null;
};

/** How far a change has come, as its page and its live stream say it. */
export const toBulkProgress = (view: Change): ProgressMessage => {
  const { state, total, done, counts, refused } = view;
  return {
    ...{ state, done, total, isFinal: state === "done" || state === "stopped" },
    tone: state === "stopped" ? "danger" : refused > 0 ? "warning" : "success",
    sentence: sentenceOf(view),
    counts: Object.fromEntries(
      Object.entries(counts).map(([outcome, count]) => [wordOf(outcome as BulkOutcome), count]),
    ),
  };
};

const wordOf = (outcome: BulkOutcome): string => {
  const { word } = OUTCOME_WORDS[outcome];
  return word.charAt(0).toLowerCase() + word.slice(1);
};

const sentenceOf = ({ state, total, done, refused, message, action }: Change): string => {
  const all = total ?? 0;
  switch (state) {
    case "queued":
      return "It waits for a worker. You can leave this page; nothing is lost.";
    case "running":
      return `${formatNumber(done)} of ${formatNumber(all)} so far. You can leave this page; it goes on.`;
    case "stopped":
      return `Stopped after ${formatNumber(done)}. ${message ?? ""}`.trim();
    case "done":
      if (all === 0) return "Nothing matched any more, so nothing was changed.";
      if (refused > 0)
        return `Done: ${formatNumber(refused)} of ${formatCount(all, "indicator")} stayed as they were, each with the reason.`;
      return action === "undo"
        ? `Done: ${formatCount(all, "indicator")} as before.`
        : `Done: ${formatCount(all, "indicator")}.`;
  }
};
