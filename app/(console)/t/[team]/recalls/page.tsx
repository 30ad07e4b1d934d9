import type { Metadata } from "next";

import { RecallDialog } from "@/components/recalls/recall-dialog";
import { RecallTable } from "@/components/recalls/recall-table";
import { WithheldTable } from "@/components/recalls/withheld-table";
import { Card, CardHeader } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { listRecalls } from "@/lib/services/recalls/get-recall";
import { listWithheld } from "@/lib/services/withheld/list-withheld";
import { getOnItsWay } from "@/lib/services/withheld/on-its-way";

import {
  checkLiftAction,
  checkRecallAction,
  liftWithheldAction,
  planTakingBackAction,
  recallAction,
  setHoldEndAction,
} from "./actions";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Recalls" };

/** What people took back in the team, or in every team, and what of it stands. */
export default async function RecallsPage({ params }: Props) {
  const { actor, team } = await requirePage("indicator.read", (await params).team);
  const [recalls, withheld] = await Promise.all([
    listRecalls(actor, [team.id]),
    listWithheld(actor, [team.id]),
  ]);
  const rows = await Promise.all(
    withheld.map(async (hold) => ({
      ...hold,
      onItsWay: hold.liftedAt === null ? await getOnItsWay({ teamId: team.id, holdId: hold.id }) : [],
    })),
  );
  const mayRecall = can(actor, "recall.write", team.id);
  const recall = mayRecall && (
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
      <div className="space-y-6">
        {withheld.length > 0 && (
          <Card>
            <CardHeader
              title="Held back"
              description="What a feed, a run or the team vouches for and nobody is to send until it is lifted."
            />
            <WithheldTable
              team={team.slug}
              rows={rows}
              actions={
                mayRecall
                  ? {
                      lift: liftWithheldAction,
                      checkLift: checkLiftAction,
                      plan: planTakingBackAction,
                      setEnd: setHoldEndAction,
                    }
                  : null
              }
            />
          </Card>
        )}
        <RecallTable team={team.slug} recalls={recalls} recall={recall} />
      </div>
    </>
  );
}
