import type { Metadata } from "next";

import { RecallDialog } from "@/components/recalls/recall-dialog";
import { RecallTable } from "@/components/recalls/recall-table";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { listRecalls } from "@/lib/services/recalls/get-recall";

import { checkRecallAction, recallAction } from "./actions";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Recalls" };

/** What people took back in the team, or in every team, and what of it stands. */
export default async function RecallsPage({ params }: Props) {
  const { actor, team } = await requirePage("indicator.read", (await params).team);
  const recalls = await listRecalls(actor, [team.id]);
  const recall = can(actor, "recall.write", team.id) && (
    <RecallDialog team={team.slug} action={recallAction} checkAction={checkRecallAction} />
  );
  return (
    <>
      <PageHeader
        title="Recalls"
        description="One act takes a value, a domain or a network back everywhere, before all other traffic. No feed brings it back while the recall stands."
        crumbs={[{ label: "Indicators", href: `/t/${team.slug}/indicators` }, { label: "Recalls" }]}
        actions={recall}
      />
      <RecallTable team={team.slug} recalls={recalls} recall={recall} />
    </>
  );
}
