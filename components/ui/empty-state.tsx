import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./cn";

type Props = {
  icon: LucideIcon;
  /** What this place is for, as a heading: "No feeds yet". */
  title: string;
  /** What will be here, and why it is empty now. */
  children: ReactNode;
  /** The one next step. */
  action?: ReactNode;
  className?: string | undefined;
};

/** An empty place that teaches: what this is, why it is empty, the one next step. */
export const EmptyState = ({ icon: Icon, title, children, action, className }: Props) => (
  <div
    className={cn(
      "border-strong/50 bg-surface flex flex-col items-center rounded-lg border border-dashed px-6 py-10 text-center",
      className,
    )}
  >
    <span className="bg-accent-tint text-accent mb-3 grid size-10 place-items-center rounded-full">
      <Icon aria-hidden className="size-5" />
    </span>
    <h2 className="text-base font-semibold">{title}</h2>
    <div className="text-muted mt-1 max-w-prose text-sm">{children}</div>
    {action !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
  </div>
);
