import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./cn";
import { Link } from "./link";
import { StateBadge, type StateLook } from "./state-badge";

type Props = {
  label: string;
  value: ReactNode;
  /** Unit and window of the value: "of 4 feeds", "in the last 24 h". */
  detail?: ReactNode;
  state?: StateLook | undefined;
  /** The filtered list that the figure counts. */
  href?: string | undefined;
  /** A bar below the figure. */
  children?: ReactNode;
  className?: string | undefined;
};

/** One figure with its unit, its state in words, and the way to the list behind it. */
export const StatTile = ({ label, value, detail, state, href, children, className }: Props) => (
  <div
    className={cn(
      "group bg-surface shadow-card relative flex min-w-0 flex-col rounded-lg border p-4",
      href !== undefined && "hover:border-strong/60 transition-colors",
      className,
    )}
  >
    <div className="flex items-center justify-between gap-2">
      <p className="text-muted truncate text-sm">
        {href === undefined ? (
          label
        ) : (
          <Link href={href} className="after:absolute after:inset-0 after:rounded-lg">
            {label}
          </Link>
        )}
      </p>
      {href !== undefined && (
        <ChevronRight
          aria-hidden
          className="text-faint size-4 shrink-0 transition-transform group-hover:translate-x-0.5"
        />
      )}
    </div>
    <p className="mt-1 flex flex-wrap items-baseline gap-x-2">
      <span className="text-2xl font-semibold tracking-tight tabular-nums">{value}</span>
      {detail !== undefined && <span className="text-muted text-xs">{detail}</span>}
    </p>
    {state !== undefined && <StateBadge look={state} isPlain className="mt-2" />}
    {children !== undefined && <div className="mt-3">{children}</div>}
  </div>
);
