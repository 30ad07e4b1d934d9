import type { ReactNode } from "react";

import { IndicatorValueMenu } from "@/components/indicators/indicator-value";
import { AppShell } from "@/components/shell/app-shell";
import type { Command } from "@/components/shell/command-box";
import { requireSignedIn } from "@/lib/auth/require-page";
import { can, type TeamAccess } from "@/lib/domain/access/actor";
import { countOpenProposals } from "@/lib/services/proposals/list-proposals";

import { signOutAction } from "./actions";

/** The shell with who is signed in, their teams and what the command box offers in this one. `null`: no team is open. */
export const ConsoleShell = async ({ team, children }: { team: TeamAccess | null; children: ReactNode }) => {
  const actor = await requireSignedIn();
  const { name, email, isAdministrator } = actor;
  const proposals =
    team !== null && can(actor, "indicator.read", team.id) ? await countOpenProposals(actor, team.id) : null;
  return (
    <AppShell
      teams={actor.teams}
      currentTeam={
        team && {
          ...team,
          ...(proposals && (proposals.isAsked || proposals.open > 0) && { proposals: proposals.open }),
        }
      }
      user={{ name, email, isAdministrator }}
      signOutAction={signOutAction}
      commands={team === null ? [] : commandsOf(team, (permission) => can(actor, permission, team.id))}
    >
      {children}
      <IndicatorValueMenu />
    </AppShell>
  );
};

type Check = (permission: "feed.write" | "indicator.write") => boolean;

const commandsOf = ({ slug }: TeamAccess, may: Check): Command[] => [
  ...(may("indicator.write")
    ? [
        {
          group: "Do",
          label: "Add indicators",
          href: `/t/${slug}/indicators/new`,
          keywords: ["paste", "block", "ioc", "local"],
        },
      ]
    : []),
  ...(may("feed.write")
    ? [
        {
          group: "Do",
          label: "Add a feed",
          href: `/t/${slug}/feeds/new`,
          keywords: ["source", "list", "csv", "new"],
        },
      ]
    : []),
];
