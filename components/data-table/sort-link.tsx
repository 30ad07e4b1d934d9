import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";

import { Link } from "@/components/ui/link";

import type { ColumnSort } from "./column";

const ICONS = { ascending: ArrowUp, descending: ArrowDown };

/** A heading that sorts: an address, so it works without script and can be shared. `aria-sort` stands on its cell. */
export const SortLink = ({ sort, children }: { sort: ColumnSort; children: ReactNode }) => {
  const Icon = sort.direction === null ? ChevronsUpDown : ICONS[sort.direction];
  return (
    <Link
      href={sort.href}
      scroll={false}
      className="hover:text-ink inline-flex min-h-6 items-center gap-1 rounded-sm focus-visible:outline-offset-0"
    >
      {children}
      <Icon aria-hidden className="size-3.5 shrink-0" />
    </Link>
  );
};
