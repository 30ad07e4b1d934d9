import { formatNumber } from "@/components/ui/format-number";
import { defaultDaysOf, type DefaultEnd } from "@/lib/domain/indicator/default-end";
import { END_KINDS } from "@/lib/domain/indicator/end-kinds";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import { addDays } from "@/lib/domain/indicator/validity";

/** "27 Feb 2027", in UTC as every stored end. */
export const formatDay = (at: Date): string => DAY.format(at);

/**
 * What the chosen end means for each kind of value, in words and as a date: `choice` is a number of days, `none`, a stated moment,
 * or "" for the team's own rule.
 */
export const describeEnd = (choice: string, rule: DefaultEnd, now: Date): readonly string[] => {
  if (choice === "none") return [`No end on your team’s list. ${RENEWED}`];
  if (/^\d+$/.test(choice)) return [`Until ${inDays(Number(choice), now)}, for all of them.`];
  if (choice !== "") return [`Until ${formatDay(new Date(choice))}.`];
  const groups = new Map<number | null, string[]>();
  for (const { words, types } of END_KINDS)
    for (const type of types) {
      const days = defaultDaysOf(rule, type);
      // Where the types of a kind differ, each is named by itself.
      const isOne = types.every((other) => defaultDaysOf(rule, other) === days);
      const named = isOne ? words : INDICATOR_TYPE_LABELS[type];
      const kinds = groups.get(days) ?? [];
      if (!kinds.includes(named)) groups.set(days, [...kinds, named]);
    }
  const [only] = groups.keys();
  if (groups.size === 1 && only === null) return [`No end: your team has set no default. ${RENEWED}`];
  return [...groups].map(([days, kinds]) => {
    const whom = groups.size === 1 ? "all kinds" : listed(kinds);
    return days === null
      ? `No end for ${whom}: your team has set no default for them.`
      : `Until ${inDays(days, now)}: your team’s default for ${whom}.`;
  });
};

const inDays = (days: number, now: Date): string =>
  `${formatDay(addDays(now, days))}, ${days === 1 ? "one day" : `${formatNumber(days)} days`}`;

const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;

const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const RENEWED =
  "A record at Defender or Sentinel ends by its type and is renewed while the value stands here.";
