import type { ReactNode } from "react";

import { Link } from "@/components/ui/link";

import { Brand, BrandMark } from "./brand-mark";
import type { Command } from "./command-box";
import { CommandOpener } from "./command-opener";
import { MobileNav } from "./mobile-nav";
import { NavList } from "./nav-list";
import { ADMIN_NAVIGATION, teamNavigation, type ShellTeam } from "./navigation";
import { OverlaysProvider } from "./overlays";
import { MAIN_ID, SkipLink } from "./skip-link";
import { TeamSwitcher } from "./team-switcher";
import { ThemeToggle } from "./theme-toggle";
import { UserMenu, type ShellUser } from "./user-menu";

type Props = {
  teams: readonly ShellTeam[];
  /** `null` on administrators' pages, which belong to no team. */
  currentTeam: ShellTeam | null;
  user: ShellUser;
  signOutAction: () => Promise<void>;
  accountHref?: string | undefined;
  /** More entries of the command box: "Add a feed", the team's feeds by name … */
  commands?: readonly Command[] | undefined;
  children: ReactNode;
};

/** What stands around every page: team and places on the left, command box, theme and user on top. */
export const AppShell = (props: Props) => {
  const { teams, currentTeam, user, signOutAction, accountHref, commands = [], children } = props;
  const navigation = { team: currentTeam, isAdministrator: user.isAdministrator };

  return (
    <OverlaysProvider
      commands={[...placesOf(props), ...commands]}
      searchHref={currentTeam === null ? null : `/t/${currentTeam.slug}/indicators`}
    >
      <SkipLink />
      <div className="min-h-dvh lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)]">
        <aside className="bg-surface hidden border-r lg:block">
          <div className="scrollbar-slim sticky top-0 flex max-h-dvh flex-col gap-4 overflow-y-auto p-3">
            <Link href={homeOf(currentTeam)} className="inline-flex self-start rounded-md px-1 py-1.5">
              <Brand />
            </Link>
            <TeamSwitcher teams={teams} currentTeam={currentTeam} />
            <NavList {...navigation} />
          </div>
        </aside>
        <div className="flex min-w-0 flex-col">
          <header className="bg-canvas sticky top-0 z-30 flex h-13 items-center gap-2 border-b px-3 sm:px-6">
            <MobileNav teams={teams} currentTeam={currentTeam} isAdministrator={user.isAdministrator} />
            <Link
              href={homeOf(currentTeam)}
              aria-label="Sluice, overview"
              className="rounded-md max-sm:hidden lg:hidden"
            >
              <BrandMark />
            </Link>
            <div className="min-w-0 flex-1">
              <CommandOpener />
            </div>
            <ThemeToggle />
            <UserMenu user={user} signOutAction={signOutAction} accountHref={accountHref} />
          </header>
          <main
            id={MAIN_ID}
            tabIndex={-1}
            className="mx-auto w-full max-w-[100rem] flex-1 px-3 py-5 outline-none sm:px-6"
          >
            {children}
          </main>
        </div>
      </div>
    </OverlaysProvider>
  );
};

const homeOf = (team: ShellTeam | null): string => (team === null ? "/" : `/t/${team.slug}/overview`);

const placesOf = ({ teams, currentTeam, user }: Props): Command[] => [
  ...(currentTeam === null ? [] : teamNavigation(currentTeam)).map(({ label, href }) => ({
    group: "Go to",
    label,
    href,
  })),
  ...(user.isAdministrator ? ADMIN_NAVIGATION : []).map(({ label, href }) => ({
    group: "Administration",
    label,
    href,
  })),
  ...teams
    .filter(({ slug }) => slug !== currentTeam?.slug)
    .map(({ name, slug }) => ({
      group: "Switch team",
      label: name,
      href: `/t/${slug}/overview`,
      keywords: [slug],
    })),
];
