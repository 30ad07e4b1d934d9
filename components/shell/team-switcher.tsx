"use client";

import { ChevronsUpDown } from "lucide-react";
import { usePathname } from "next/navigation";

import { DropdownMenu, MenuGroup, MenuLink } from "@/components/ui/dropdown-menu";

import { samePlaceInTeam, type ShellTeam } from "./navigation";

type Props = { teams: readonly ShellTeam[]; currentTeam: ShellTeam | null };

/** Which team is looked at, and the way to the same place in another one. */
export const TeamSwitcher = ({ teams, currentTeam }: Props) => {
  const pathname = usePathname();
  return (
    <DropdownMenu
      align="start"
      className="w-56"
      triggerClassName="flex h-11 w-full items-center gap-2.5 rounded-md border bg-canvas px-2 text-left hover:border-strong/60 data-popup-open:border-strong/60"
      trigger={
        <>
          <TeamInitial name={currentTeam?.name ?? "?"} />
          <span className="min-w-0 flex-1 leading-tight">
            <span className="block truncate text-sm font-medium">{currentTeam?.name ?? "Choose a team"}</span>
            {currentTeam !== null && <span className="text-muted block text-xs">{currentTeam.role}</span>}
          </span>
          <span className="sr-only">Switch team</span>
          <ChevronsUpDown aria-hidden className="text-muted size-4 shrink-0" />
        </>
      }
    >
      <MenuGroup label="Teams">
        {teams.map((team) => (
          <MenuLink
            key={team.slug}
            href={samePlaceInTeam(pathname, team.slug)}
            icon={<TeamInitial name={team.name} />}
            isCurrent={team.slug === currentTeam?.slug}
          >
            <span className="block truncate">{team.name}</span>
          </MenuLink>
        ))}
      </MenuGroup>
      {teams.length === 0 && <p className="text-muted px-2 py-1.5 text-sm">You are in no team yet.</p>}
    </DropdownMenu>
  );
};

const TeamInitial = ({ name }: { name: string }) => (
  <span
    aria-hidden
    className="bg-accent-tint text-accent grid size-7 shrink-0 place-items-center rounded-md text-xs font-semibold"
  >
    {initialsOf(name)}
  </span>
);

/** "Team A" → "TA": the first letters of its first and last word. */
const initialsOf = (name: string): string => {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => word?.charAt(0).toUpperCase() ?? "").join("");
};
