import { CircleCheck, CircleHelp, CircleX, Infinity as Endless, TriangleAlert } from "lucide-react";

import { StateBadge, type StateLook } from "@/components/ui/state-badge";
import { describeLeft, lifeStateOf, type Life, type LifeState } from "@/lib/domain/connector/credential-life";

const LOOKS = {
  refused: { word: "Not accepted", icon: CircleX, tone: "danger", hint: "Microsoft does not take it." },
  expired: { word: "Expired", icon: CircleX, tone: "danger", hint: "Its time is over." },
  expiring: { word: "Ends soon", icon: TriangleAlert, tone: "warning", hint: "Stage its successor." },
  good: { word: "Good", icon: CircleCheck, tone: "success", hint: "At least 60 days are left." },
  unknown: { word: "End unknown", icon: CircleHelp, tone: "neutral", hint: "Nobody told when it ends." },
  endless: { word: "No end", icon: Endless, tone: "success", hint: "Azure renews it by itself." },
} as const satisfies Record<LifeState, StateLook>;

type Props = { life: Life; now: Date; isPlain?: boolean };

/** How a credential stands as icon and word, with the days that are left where they are counted. */
export const CredentialLifeBadge = ({ life, now, isPlain }: Props) => {
  const state = lifeStateOf(life, now);
  const look = LOOKS[state];
  const isCounted = state === "good" || state === "expiring";
  const word = isCounted && life.expiresAt !== null ? describeLeft(life.expiresAt, now) : look.word;
  return <StateBadge look={{ ...look, word }} isPlain={isPlain} />;
};
