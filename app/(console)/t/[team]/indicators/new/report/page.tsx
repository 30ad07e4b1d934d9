import type { Metadata } from "next";

import { AddTabs } from "@/components/indicators/add-tabs";
import { ReportForm } from "@/components/indicators/report-form";
import { DefaultEndDialog } from "@/components/indicators/default-end-dialog";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { readDefaultEnd } from "@/lib/services/indicators/local-feed";

import { addChosenAction, readReportAction, setDefaultEndAction } from "../actions";

export const metadata: Metadata = { title: "Add from a report" };

type Props = { params: Promise<{ team: string }> };

/** A report or an e-mail in; its values out, each with the line it stood in, ticked by an analyst. */
export default async function AddFromReportPage({ params }: Props) {
  const { actor, team } = await requirePage("indicator.write", (await params).team);
  const rule = await readDefaultEnd(team.id);
  const listHref = `/t/${team.slug}/indicators`;
  return (
    <>
      <PageHeader
        title="Add from a report"
        description="Paste a report or an e-mail. Every value in it is shown with its line; what is likely benign is not ticked and says why."
        crumbs={[{ label: "Indicators", href: listHref }, { label: "Add from a report" }]}
        actions={
          can(actor, "feed.write", team.id) && (
            <DefaultEndDialog team={team.slug} rule={rule} action={setDefaultEndAction} />
          )
        }
      />
      <AddTabs team={team.slug} />
      <ReportForm
        team={team.slug}
        end={{ rule, at: new Date().toISOString() }}
        readAction={readReportAction}
        addAction={addChosenAction}
      />
    </>
  );
}
