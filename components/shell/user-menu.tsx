"use client";

import { CircleUserRound, Keyboard, LogOut, UserRound } from "lucide-react";
import { startTransition } from "react";

import { DropdownMenu, MenuGroup, MenuItem, MenuLink, MenuSeparator } from "@/components/ui/dropdown-menu";

import { useOverlays } from "./overlays";

export type ShellUser = { name: string; email: string; isAdministrator: boolean };
type Props = {
  user: ShellUser;
  signOutAction: () => Promise<void>;
  /** The user's own page: password, sessions, tokens. */
  accountHref?: string | undefined;
};

/** Who is signed in, their own page, and the way out. */
export const UserMenu = ({ user, signOutAction, accountHref }: Props) => {
  const { openKeys } = useOverlays();
  return (
    <DropdownMenu
      trigger={<CircleUserRound aria-hidden />}
      label={`Signed in as ${user.name}`}
      variant="ghost"
      size="icon"
      className="w-60"
    >
      <MenuGroup
        label={
          <>
            <span className="text-ink block truncate text-sm font-medium">{user.name}</span>
            <span className="block truncate">{user.email}</span>
            {user.isAdministrator && <span className="block">Administrator</span>}
          </>
        }
      >
        {accountHref !== undefined && (
          <MenuLink href={accountHref} icon={<UserRound aria-hidden />}>
            Your account
          </MenuLink>
        )}
        <MenuItem icon={<Keyboard aria-hidden />} onSelect={openKeys}>
          Keyboard shortcuts
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon={<LogOut aria-hidden />}
          onSelect={() => {
            startTransition(signOutAction);
          }}
        >
          Sign out
        </MenuItem>
      </MenuGroup>
    </DropdownMenu>
  );
};
