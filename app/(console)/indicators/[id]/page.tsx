import { notFound, redirect } from "next/navigation";

import { requirePage } from "@/lib/auth/require-page";
import { findTeamWith } from "@/lib/services/indicators/find-team-with";

import { readId } from "../../or-not-found";

type Props = { params: Promise<{ id: string }> };

/** Where records at Microsoft link to: the trace of a value in whichever of the reader's teams has it. */
export default async function IndicatorLinkPage({ params }: Props) {
  const { actor } = await requirePage("indicator.read");
  const id = readId((await params).id);
  const team = await findTeamWith(actor, id);
  if (team === null) notFound();
  redirect(`/t/${team.slug}/indicators/${id}`);
}
