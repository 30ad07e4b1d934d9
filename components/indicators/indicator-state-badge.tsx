import { CircleCheck, CircleSlash, Hourglass, ShieldCheck, Undo2 } from "lucide-react";

import { StateBadge, type StateLook } from "@/components/ui/state-badge";

/** How each state of an indicator looks and what it means. */
export const INDICATOR_LOOKS = {
  active: { word: "Active", icon: CircleCheck, tone: "success", hint: "Vouched for and not past its end." },
  expired: { word: "Expired", icon: Hourglass, tone: "neutral", hint: "Past its end." },
  withdrawn: { word: "Withdrawn", icon: Undo2, tone: "neutral", hint: "This team no longer vouches for it." },
  recalled: {
    word: "Recalled",
    icon: CircleSlash,
    tone: "danger",
    hint: "Taken back by a person; feeds cannot return it.",
  },
  allowlisted: {
    word: "Allowlisted",
    icon: ShieldCheck,
    tone: "warning",
    hint: "Kept in by an allowlist: never pushed.",
  },
} as const satisfies Record<string, StateLook>;
export type ShownIndicatorState = keyof typeof INDICATOR_LOOKS;

/** The state of an indicator in its team, as icon, word and colour. */
export const IndicatorStateBadge = ({
  state,
  isPlain,
}: {
  state: ShownIndicatorState;
  isPlain?: boolean;
}) => <StateBadge look={INDICATOR_LOOKS[state]} isPlain={isPlain} />;
