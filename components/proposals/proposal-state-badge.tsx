import { CircleCheck, CircleSlash, CircleX, Hourglass } from "lucide-react";

import { StateBadge, type StateLook } from "@/components/ui/state-badge";

const LOOKS = {
  open: { word: "Waits", icon: Hourglass, tone: "warning", hint: "Nothing of it is done yet." },
  approved: { word: "Approved", icon: CircleCheck, tone: "success", hint: "It stands as it was proposed." },
  declined: { word: "Declined", icon: CircleX, tone: "danger", hint: "Nothing of it was done." },
  cancelled: {
    word: "Cancelled",
    icon: CircleSlash,
    tone: "neutral",
    hint: "Its author took it back; nothing of it was done.",
  },
} as const satisfies Record<string, StateLook>;

export type ProposalState = keyof typeof LOOKS;

/** What became of a proposal. */
export const ProposalStateBadge = ({ state }: { state: ProposalState }) => <StateBadge look={LOOKS[state]} />;
