import type { Metadata } from "next";

import { BulkTable } from "@/components/bulk-changes/bulk-table";
import { RefreshWhile } from "@/components/live/refresh-while";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { listBulkChanges } from "@/lib/services/bulk-changes/get-bulk-change";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Bulk changes" };

/** What people of the team did to many indicators at once, and how far it is. */
export default async function BulkChangesPage({ params }: Props) {
  const { actor, team } = await requirePage("indicator.read", (await params).team);
  const rows = await listBulkChanges(actor, [team.id]);
  const isOpen = rows.some(({ state }) => state === "queued" || state === "running");
  return (
    <>
      <PageHeader
        title="Bulk changes"
        description="What was done to many indicators at once. Each can be undone for a day after its end."
        crumbs={[{ label: "Indicators", href: `/t/${team.slug}/indicators` }, { label: "Bulk changes" }]}
      />
      <RefreshWhile isOpen={isOpen} everyMs={2_000} />
      <BulkTable team={team.slug} rows={rows} />
    </>
  );
}
