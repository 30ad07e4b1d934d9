import { Ban, CircleCheck, CirclePause, CircleX, Clock, Equal, LoaderCircle, Undo2 } from "lucide-react";

import { StateBadge, type StateLook } from "@/components/ui/state-badge";

/** How each state of a run looks and what it means. */
export const RUN_LOOKS = {
  queued: { word: "Queued", icon: Clock, tone: "neutral", hint: "Waits for a worker." },
  running: {
    word: "Running",
    icon: LoaderCircle,
    tone: "info",
    isMoving: true,
    hint: "Being fetched and read.",
  },
  succeeded: { word: "Succeeded", icon: CircleCheck, tone: "success", hint: "Read, counted and live." },
  unchanged: { word: "Unchanged", icon: Equal, tone: "success", hint: "The source had nothing new." },
  same: {
    word: "Same again",
    icon: Equal,
    tone: "warning",
    hint: "The source gave again what was held or discarded.",
  },
  held: {
    word: "Held",
    icon: CirclePause,
    tone: "warning",
    hint: "Not applied; the last good run stays live until a person decides.",
  },
  failed: {
    word: "Failed",
    icon: CircleX,
    tone: "danger",
    hint: "Nothing was changed; the last good run stays live.",
  },
  discarded: { word: "Discarded", icon: Ban, tone: "neutral", hint: "Held, then turned down by a person." },
  "rolled-back": { word: "Rolled back", icon: Undo2, tone: "neutral", hint: "Left for its predecessor." },
} as const satisfies Record<string, StateLook>;
export type ShownRunState = keyof typeof RUN_LOOKS;
/** A run’s own state; `same` is how an unchanged one is shown. */
export type RunState = Exclude<ShownRunState, "same">;

/** The state of a run as icon, word and colour. */
export const RunStateBadge = ({ state, isPlain }: { state: ShownRunState; isPlain?: boolean }) => (
  <StateBadge look={RUN_LOOKS[state]} isPlain={isPlain} />
);
