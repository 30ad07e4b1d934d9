import type { Metadata } from "next";

import { AddForm } from "@/components/indicators/add-form";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";

import { addIndicatorsAction, checkTextAction } from "../actions";

export const metadata: Metadata = { title: "Add indicators" };

type Props = { params: Promise<{ team: string }> };

/** One box for one value or for forty out of a report. */
export default async function AddIndicatorsPage({ params }: Props) {
  const { team } = await requirePage("indicator.write", (await params).team);
  const listHref = `/t/${team.slug}/indicators`;
  return (
    <>
      <PageHeader
        title="Add indicators"
        description="To your team's own list. Paste one or many, live or defanged; each is judged by itself, so a bad one does not stop the others."
        crumbs={[{ label: "Indicators", href: listHref }, { label: "Add indicators" }]}
      />
      <AddForm team={team.slug} addAction={addIndicatorsAction} checkAction={checkTextAction} />
    </>
  );
}
