import { X } from "lucide-react";

import { Link } from "@/components/ui/link";

export type FilterChip = {
  label: string;
  value: string;
  /** This view without the filter. */ removeHref: string;
};

/** The filters in force, each with the way out of it. */
export const FilterChips = ({ chips, clearHref }: { chips: readonly FilterChip[]; clearHref: string }) => {
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Filters in force" className="flex flex-wrap items-center gap-2">
      {chips.map(({ label, value, removeHref }) => (
        <li
          key={`${label} ${value}`}
          className="border-accent-line bg-accent-tint inline-flex h-6 max-w-full items-center gap-1.5 rounded-full border pl-2.5 text-xs"
        >
          <span className="text-muted">{label}:</span>
          <span className="truncate font-medium">{value}</span>
          <Link
            href={removeHref}
            aria-label={`Remove the filter ${label}: ${value}`}
            className="text-muted hover:text-ink grid size-6 place-items-center rounded-full focus-visible:-outline-offset-2"
          >
            <X aria-hidden className="size-3.5" />
          </Link>
        </li>
      ))}
      <li>
        <Link
          href={clearHref}
          className="text-accent inline-flex min-h-6 items-center rounded-sm text-xs hover:underline"
        >
          Clear all
        </Link>
      </li>
    </ul>
  );
};
