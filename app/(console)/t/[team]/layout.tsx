import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";

import { requireSignedIn } from "@/lib/auth/require-page";
import { findTeam } from "@/lib/domain/access/actor";

import { ConsoleShell } from "../../console-shell";

type Props = { children: ReactNode; params: Promise<{ team: string }> };

/** The team's name stands in every title, so that two open windows can be told apart. */
export const generateMetadata = async ({ params }: Props): Promise<Metadata> => {
  const team = findTeam(await requireSignedIn(), (await params).team);
  const name = team?.name ?? "Sluice";
  return { title: { default: name, template: `%s · ${name} · Sluice` } };
};

/** One team's pages inside the shell. Each page checks its own permission; a layout is drawn once and stays. */
export default async function TeamLayout({ children, params }: Props) {
  const team = findTeam(await requireSignedIn(), (await params).team);
  if (!team) notFound();
  return <ConsoleShell team={team}>{children}</ConsoleShell>;
}
