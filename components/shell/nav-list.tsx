"use client";

import { usePathname } from "next/navigation";

import { cn } from "@/components/ui/cn";
import { Link } from "@/components/ui/link";

import { ADMIN_NAVIGATION, isCurrentPlace, teamNavigation, type NavItem, type ShellTeam } from "./navigation";

type Props = {
  team: ShellTeam | null;
  isAdministrator: boolean;
  onNavigate?: (() => void) | undefined;
};

/** The places of the team and, for administrators, those beside every team. */
export const NavList = ({ team, isAdministrator, onNavigate }: Props) => (
  <div className="space-y-5">
    {team !== null && <NavGroup label="Team" items={teamNavigation(team)} onNavigate={onNavigate} />}
    {isAdministrator && (
      <NavGroup label="Administration" items={ADMIN_NAVIGATION} onNavigate={onNavigate} isTitled />
    )}
  </div>
);

type GroupProps = {
  label: string;
  items: readonly NavItem[];
  onNavigate: (() => void) | undefined;
  isTitled?: boolean;
};

const NavGroup = ({ label, items, onNavigate, isTitled = false }: GroupProps) => {
  const pathname = usePathname();
  return (
    <nav aria-label={label}>
      {isTitled && <p className="text-muted mb-1 px-2.5 text-xs">{label}</p>}
      <ul className="space-y-0.5">
        {items.map(({ href, icon: Icon, label: name, count = 0 }) => {
          const isCurrent = isCurrentPlace(pathname, href);
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={isCurrent ? "page" : undefined}
                onClick={() => onNavigate?.()}
                className={cn(
                  "flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm focus-visible:-outline-offset-1",
                  isCurrent
                    ? "bg-accent-tint text-accent font-medium"
                    : "text-muted hover:bg-hover hover:text-ink",
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                {name}
                {count > 0 && (
                  <span className="bg-warning-tint text-warning ml-auto rounded-full px-1.5 text-xs tabular-nums">
                    {count.toLocaleString("en-US")}
                    <span className="sr-only"> waiting</span>
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
