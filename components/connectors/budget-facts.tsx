import { formatNumber } from "@/components/ui/format-number";
import { KeyValueList, type KeyValueEntry } from "@/components/ui/key-value";
import type { PlaceShare, Weights } from "@/lib/domain/selection/budget-settings";
import { describePlanBudget, type PlanBudget } from "@/lib/domain/selection/cut";

import { WEIGHT_WORDS } from "./budget-words";

type Props = {
  budget: {
    weights: Weights;
    share: PlaceShare | null;
    feeds: readonly { id: string; name: string; share: PlaceShare }[];
    latest: PlanBudget | null;
  };
};

/** How the places of a destination are given, as far as it is the team's business. An administrator sets it. */
export const BudgetFacts = ({ budget: { weights, share, feeds, latest } }: Props) => {
  const entries: KeyValueEntry[] = [
    ...(latest === null ? [] : [{ label: "Newest plan", value: describePlanBudget(latest) }]),
    { label: "Your team’s places", value: describeShare(share) },
    ...feeds.map((feed) => ({ label: `Feed ${feed.name}`, value: describeShare(feed.share) })),
    {
      label: "What counts",
      value: WEIGHT_WORDS.map(({ name, label }) => `${label} ${String(weights[name])}`).join(", "),
      hint: "When not everything has room, what is worth most goes first. An administrator sets this.",
    },
  ];
  return <KeyValueList entries={entries} className="mt-4" />;
};

const describeShare = (share: PlaceShare | null): string => {
  if (share === null) return "No fixed share: by rank among all teams";
  const { floor, ceiling } = share;
  const most = ceiling === null ? "" : `at most ${formatNumber(ceiling)}`;
  return floor === 0
    ? most
    : [`${formatNumber(floor)} are certain`, most].filter((part) => part !== "").join(", ");
};
