"use client";

import { usePathname } from "next/navigation";

import { cn } from "./cn";
import { formatNumber } from "./format-number";
import { Link } from "./link";

export type LinkTab = {
  href: string;
  label: string;
  count?: number | undefined;
  /** Given where the address alone does not say it, such as tabs that differ in a query. */
  isCurrent?: boolean | undefined;
};

/** Tabs that are pages: each has an address, opens in a new window and is found again. */
export const LinkTabs = ({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) => {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className="scrollbar-slim mb-5 overflow-x-auto border-b max-sm:overflow-visible">
      <ul className="flex gap-1 max-sm:flex-wrap max-sm:gap-0">
        {tabs.map((tab) => {
          const isCurrent = tab.isCurrent ?? pathname === tab.href;
          return (
            <li key={tab.href}>
              <Link
                href={tab.href}
                aria-current={isCurrent ? "page" : undefined}
                className={cn(
                  "-mb-px inline-flex h-9 items-center gap-2 border-b-2 px-3 text-sm whitespace-nowrap focus-visible:-outline-offset-2",
                  isCurrent
                    ? "border-accent text-ink font-medium"
                    : "text-muted hover:border-strong hover:text-ink border-transparent",
                )}
              >
                {tab.label}
                {tab.count !== undefined && (
                  <span className="bg-sunken text-muted rounded-full px-1.5 text-xs tabular-nums">
                    {formatNumber(tab.count)}
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
};
