import { Equal, Minus, PencilLine, Plus, ShieldBan } from "lucide-react";

import { cn } from "@/components/ui/cn";
import { formatNumber } from "@/components/ui/format-number";
import { TONE_TEXT, type Tone } from "@/components/ui/tone";

export type PlanCounts = { add: number; change: number; remove: number; keep: number; blocked: number };

const PARTS = [
  { key: "add", word: "to add", icon: Plus, tone: "success" },
  { key: "change", word: "to change", icon: PencilLine, tone: "info" },
  { key: "remove", word: "to remove", icon: Minus, tone: "danger" },
  { key: "keep", word: "stay as they are", icon: Equal, tone: "neutral" },
  { key: "blocked", word: "stay out", icon: ShieldBan, tone: "warning" },
] as const satisfies readonly { key: keyof PlanCounts; word: string; icon: typeof Plus; tone: Tone }[];

/** What a plan would do, in five figures with their words. Zeroes step back. */
export const PlanCountsLine = ({ counts }: { counts: PlanCounts }) => (
  <ul className="flex flex-wrap gap-x-6 gap-y-2">
    {PARTS.map(({ key, word, icon: Icon, tone }) => (
      <li key={key} className={cn("flex items-baseline gap-1.5 text-sm", counts[key] === 0 && "text-faint")}>
        <Icon
          aria-hidden
          className={cn("size-3.5 shrink-0 self-center", counts[key] === 0 ? "text-faint" : TONE_TEXT[tone])}
        />
        <span className="text-lg font-semibold tabular-nums">{formatNumber(counts[key])}</span>
        {word}
      </li>
    ))}
  </ul>
);
