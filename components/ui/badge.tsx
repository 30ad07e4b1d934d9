import type { ReactNode } from "react";

import { cn } from "./cn";
import { TONE_TINT, type Tone } from "./tone";

type Props = {
  children: ReactNode;
  tone?: Tone | undefined;
  icon?: ReactNode;
  className?: string | undefined;
};

/** A short word in a box. With a tone it still has to say in words what the colour says. */
export const Badge = ({ children, tone = "neutral", icon, className }: Props) => (
  <span
    className={cn(
      "inline-flex h-5 items-center gap-1 rounded-sm border px-1.5 align-middle text-xs font-medium whitespace-nowrap [&>svg]:size-3 [&>svg]:shrink-0",
      TONE_TINT[tone],
      className,
    )}
  >
    {icon}
    {children}
  </span>
);
