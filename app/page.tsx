import { redirect } from "next/navigation";

import { requireSignedIn } from "@/lib/auth/require-page";

/** The product's own address: the first team's overview, or the first steps where there is no team yet. */
export default async function HomePage() {
  const [team] = (await requireSignedIn()).teams;
  redirect(team === undefined ? "/first-steps" : `/t/${team.slug}/overview`);
}
