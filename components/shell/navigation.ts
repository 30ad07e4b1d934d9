import {
  Activity,
  Gauge,
  Plug,
  Radar,
  Rss,
  ScrollText,
  ServerCog,
  Settings,
  ShieldCheck,
  Target,
  UserCheck,
  UserCog,
  Users,
  type LucideIcon,
} from "lucide-react";

export type NavItem = {
  label: string;
  href: string;
  icon: LucideIcon;
  /** How much waits there for a person. */
  count?: number | undefined;
};
export type ShellTeam = {
  slug: string;
  name: string;
  role: string;
  /** Changes that wait for a second person; absent where the team asks for none and none waits. */
  proposals?: number | undefined;
};

/** The places of one team, in the order of an analyst's morning. */
export const teamNavigation = ({ slug, proposals }: Pick<ShellTeam, "slug" | "proposals">): NavItem[] => [
  { label: "Overview", href: `/t/${slug}/overview`, icon: Gauge },
  { label: "Feeds", href: `/t/${slug}/feeds`, icon: Rss },
  { label: "Indicators", href: `/t/${slug}/indicators`, icon: Radar },
  ...(proposals === undefined
    ? []
    : [{ label: "Proposals", href: `/t/${slug}/proposals`, icon: UserCheck, count: proposals }]),
  { label: "Connectors", href: `/t/${slug}/connectors`, icon: Plug },
  { label: "Allowlists", href: `/t/${slug}/allowlists`, icon: ShieldCheck },
  { label: "Activity", href: `/t/${slug}/activity`, icon: Activity },
  { label: "Settings", href: `/t/${slug}/settings`, icon: Settings },
];

/** The places of administrators, beside every team. */
export const ADMIN_NAVIGATION: readonly NavItem[] = [
  { label: "Teams", href: "/admin/teams", icon: Users },
  { label: "Users", href: "/admin/users", icon: UserCog },
  { label: "Audit", href: "/admin/audit", icon: ScrollText },
  { label: "Destinations", href: "/admin/destinations", icon: Target },
  { label: "System", href: "/admin/system", icon: ServerCog },
];

/** Whether a place is the one that is open, or holds it: `/t/a/feeds/7` is in Feeds, `/t/a/feeds-2` is not. */
export const isCurrentPlace = (pathname: string, href: string): boolean =>
  pathname === href || pathname.startsWith(`${href}/`);

/** The same section in another team; what belongs to one team alone (a feed, a run) is left behind. */
export const samePlaceInTeam = (pathname: string, slug: string): string => {
  const [, root, , section] = pathname.split("/");
  return root === "t" && section !== undefined && section !== ""
    ? `/t/${slug}/${section}`
    : `/t/${slug}/overview`;
};
