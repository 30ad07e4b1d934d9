import type { ReactNode } from "react";

import { requireSignedIn } from "@/lib/auth/require-page";

/** Everything behind sign-in. The shell stands one layer further in, where the team is known. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  await requireSignedIn();
  return children;
}
