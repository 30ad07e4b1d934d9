import type { ReactNode } from "react";

import { requireSignedIn } from "@/lib/auth/require-page";

import { ConsoleShell } from "../console-shell";

/** Administrators' pages in the shell. Each page checks its own permission; a layout is drawn once and stays. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const actor = await requireSignedIn();
  return <ConsoleShell team={actor.teams[0] ?? null}>{children}</ConsoleShell>;
}
