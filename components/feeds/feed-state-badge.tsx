import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleX,
  Clock,
  LoaderCircle,
  PowerOff,
} from "lucide-react";

import { StateBadge, type StateLook } from "@/components/ui/state-badge";

/** How a feed is doing, in the order in which a person has to look at it. */
export const FEED_LOOKS = {
  failing: { word: "Failing", icon: CircleX, tone: "danger", hint: "Its last run failed." },
  held: {
    word: "Held",
    icon: CirclePause,
    tone: "warning",
    hint: "A run waits for a person to accept or discard it.",
  },
  refused: {
    word: "Not taken",
    icon: Ban,
    tone: "warning",
    hint: "The source still gives what a person discarded.",
  },
  stale: {
    word: "Stale",
    icon: Clock,
    tone: "warning",
    hint: "No good run for longer than this feed allows.",
  },
  overdue: {
    word: "Overdue",
    icon: Clock,
    tone: "warning",
    hint: "Its next run is a whole interval late: is the worker running?",
  },
  barren: {
    word: "Nothing live",
    icon: CircleAlert,
    tone: "warning",
    hint: "Its last good run left no value live.",
  },
  running: {
    word: "Running",
    icon: LoaderCircle,
    tone: "info",
    isMoving: true,
    hint: "A run is on its way.",
  },
  healthy: { word: "Healthy", icon: CircleCheck, tone: "success", hint: "Its last run was good." },
  new: { word: "Not run yet", icon: CircleDashed, tone: "neutral", hint: "Its first run is still to come." },
  off: { word: "Off", icon: PowerOff, tone: "neutral", hint: "Switched off: not fetched." },
} as const satisfies Record<string, StateLook>;
export type ShownFeedState = keyof typeof FEED_LOOKS;

/** How a feed is doing, as icon, word and colour. */
export const FeedStateBadge = ({ state, isPlain }: { state: ShownFeedState; isPlain?: boolean }) => (
  <StateBadge look={FEED_LOOKS[state]} isPlain={isPlain} />
);
