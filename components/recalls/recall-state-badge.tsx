import { CircleCheck, LoaderCircle, TriangleAlert, Undo2 } from "lucide-react";

import { StateBadge, type StateLook } from "@/components/ui/state-badge";

const LOOKS = {
  "under-way": { word: "Going", icon: LoaderCircle, tone: "info", isMoving: true, hint: "Being removed." },
  gone: {
    word: "Gone everywhere, confirmed",
    icon: CircleCheck,
    tone: "success",
    hint: "Nothing of it stands at any destination of the team.",
  },
  left: {
    word: "Ended for your team, confirmed",
    icon: CircleCheck,
    tone: "success",
    hint: "Another team also wants some of it, and has it still.",
  },
  accepted: {
    word: "Removed, not all confirmed",
    icon: CircleCheck,
    tone: "info",
    hint: "Every removal was accepted; a destination cannot be read back.",
  },
  stuck: {
    word: "Needs a person",
    icon: TriangleAlert,
    tone: "danger",
    hint: "A removal failed or was stopped, or a connector or its sending is switched off.",
  },
  ended: { word: "Ended", icon: Undo2, tone: "neutral", hint: "Lifted, or past its end." },
} as const satisfies Record<string, StateLook>;
export type RecallState = keyof typeof LOOKS;

/** The state of a recall as icon, word and colour. */
export const RecallStateBadge = ({ state, isPlain }: { state: RecallState; isPlain?: boolean }) => (
  <StateBadge look={LOOKS[state]} isPlain={isPlain} />
);

type Progress = {
  isGone: boolean;
  isRemoved: boolean;
  at: readonly {
    isSendingOff: boolean;
    isReadable: boolean;
    left: number;
    accepted: number;
    underWay: number;
    stopped: number;
    failed: number;
  }[];
};

/** How a recall stands: it goes on by itself, is over, or waits for somebody. */
export const stateOfRecall = (
  { isStanding }: { isStanding: boolean },
  { isGone, isRemoved, at }: Progress,
): RecallState => {
  if (!isStanding) return "ended";
  if (isGone) return "gone";
  if (isRemoved)
    return at.some(({ accepted, isReadable, left }) => accepted > 0 || (!isReadable && left > 0))
      ? "accepted"
      : "left";
  const isStuck = at.some(
    ({ isSendingOff, underWay, stopped, failed }) => failed + stopped > 0 || (isSendingOff && underWay > 0),
  );
  return isStuck ? "stuck" : "under-way";
};
