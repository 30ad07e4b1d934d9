import type { LucideIcon } from "lucide-react";

import { cn } from "./cn";
import { TONE_TEXT, TONE_TINT, type Tone } from "./tone";

/** How one state looks: its word, its icon, its tone, and what it means in a sentence. */
export type StateLook = { word: string; icon: LucideIcon; tone: Tone; hint?: string; isMoving?: boolean };
type Props = { look: StateLook; isPlain?: boolean | undefined; className?: string | undefined };

/** A state as icon, word and colour together; never colour alone. `isPlain` drops the box, for dense rows. */
export const StateBadge = ({ look, isPlain = false, className }: Props) => (
  <span
    title={look.hint}
    className={cn(
      "inline-flex items-center gap-1.5 align-middle text-xs font-medium whitespace-nowrap",
      isPlain ? TONE_TEXT[look.tone] : ["h-5.5 rounded-full border px-2", TONE_TINT[look.tone]],
      className,
    )}
  >
    <look.icon aria-hidden className={cn("size-3.5 shrink-0", look.isMoving === true && "animate-spin")} />
    {look.word}
  </span>
);
