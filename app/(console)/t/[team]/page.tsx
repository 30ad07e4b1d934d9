import { redirect } from "next/navigation";

import { requirePage } from "@/lib/auth/require-page";

type Props = { params: Promise<{ team: string }> };

/** A team's own address leads to its overview. */
export default async function TeamPage({ params }: Props) {
  const { team } = await requirePage("team.read", (await params).team);
  redirect(`/t/${team.slug}/overview`);
}
