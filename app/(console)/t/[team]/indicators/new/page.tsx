import type { Metadata } from "next";

import { AddForm } from "@/components/indicators/add-form";
import { AddTabs } from "@/components/indicators/add-tabs";
import { DefaultEndDialog } from "@/components/indicators/default-end-dialog";
import { Callout } from "@/components/ui/callout";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { readDefaultEnd } from "@/lib/services/indicators/local-feed";
import { getTeamRules } from "@/lib/services/people/team-rules";

import { addIndicatorsAction, checkTextAction } from "../actions";
import { setDefaultEndAction } from "./actions";

export const metadata: Metadata = { title: "Add indicators" };

type Props = { params: Promise<{ team: string }> };

/** One box for one value or for forty out of a report. */
export default async function AddIndicatorsPage({ params }: Props) {
  const { actor, team } = await requirePage("indicator.write", (await params).team);
  const [rule, { secondPerson }] = await Promise.all([readDefaultEnd(team.id), getTeamRules(actor, team.id)]);
  const listHref = `/t/${team.slug}/indicators`;
  return (
    <>
      <PageHeader
        title="Add indicators"
        description="To your team's own list. Paste one or many, live or defanged; each is judged by itself, so a bad one does not stop the others."
        crumbs={[{ label: "Indicators", href: listHref }, { label: "Add indicators" }]}
        actions={
          can(actor, "feed.write", team.id) && (
            <DefaultEndDialog team={team.slug} rule={rule} action={setDefaultEndAction} />
          )
        }
      />
      <AddTabs team={team.slug} />
      {secondPerson !== "off" && (
        <Callout tone="info" title="Your team asks for a second person" className="mb-4">
          {secondPerson === "all"
            ? "What you add waits until another member approves it."
            : "What may block waits until another member approves it; what only watches is added at once."}
        </Callout>
      )}
      <AddForm
        team={team.slug}
        end={{ rule, at: new Date().toISOString() }}
        addAction={addIndicatorsAction}
        checkAction={checkTextAction}
      />
    </>
  );
}
