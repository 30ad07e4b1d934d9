"use client";

import { Menu } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { DialogFrame } from "@/components/ui/dialog-frame";

import { NavList } from "./nav-list";
import type { ShellTeam } from "./navigation";
import { TeamSwitcher } from "./team-switcher";

type Props = {
  teams: readonly ShellTeam[];
  currentTeam: ShellTeam | null;
  isAdministrator: boolean;
};

/** The navigation as a drawer, for screens too narrow to keep it in sight. */
export const MobileNav = ({ teams, currentTeam, isAdministrator }: Props) => {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div className="lg:hidden">
      <Button
        variant="ghost"
        size="icon"
        aria-label="Navigation"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(true);
        }}
      >
        <Menu aria-hidden />
      </Button>
      <DialogFrame isOpen={isOpen} onOpenChange={setIsOpen} title="Sluice" shape="left">
        <div className="space-y-4">
          <TeamSwitcher teams={teams} currentTeam={currentTeam} />
          <NavList
            team={currentTeam}
            isAdministrator={isAdministrator}
            onNavigate={() => {
              setIsOpen(false);
            }}
          />
        </div>
      </DialogFrame>
    </div>
  );
};
