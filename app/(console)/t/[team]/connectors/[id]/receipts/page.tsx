import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";

import { RECEIPT_LOOKS } from "@/components/connectors/delivery-state-badges";
import { ReceiptTable } from "@/components/connectors/receipt-table";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { FilterSelect } from "@/components/data-table/filter-select";
import { Card } from "@/components/ui/card";
import { formatNumber } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { RECEIPT_STATES } from "@/lib/domain/delivery/receipt-states";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { listReceipts } from "@/lib/services/delivery/list-receipts";

import { orNotFound, readId } from "../../../../../or-not-found";
import { DownloadLinks } from "../unsent/download-links";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Receipts" };

const paramsSchema = z.object({
  state: z.enum(RECEIPT_STATES).optional().catch(undefined),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .catch(undefined),
});
const PAGE_SIZE = 50;

/** All that a connector's destination answered, one receipt for each indicator that was ever sent or to be sent. */
export default async function ReceiptsPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("push.read", slug);
  const connector = await orNotFound(getConnector(actor, readId(id)));
  if (connector.teamId !== team.id) notFound();
  const { state, cursor } = paramsSchema.parse(await searchParams);
  const { receipts, next } = await listReceipts(
    { id: connector.id, teamId: team.id },
    { state, limit: PAGE_SIZE, after: cursor ?? null },
  );
  const base = `/t/${team.slug}`;
  const path = `${base}/connectors/${connector.id}/receipts`;
  const filter = state === undefined ? {} : { state };

  return (
    <>
      <PageHeader
        title={`Receipts of ${connector.name}`}
        description="What the destination answered last about each indicator, the newest indicators first."
        crumbs={[
          { label: "Connectors", href: `${base}/connectors` },
          { label: connector.name, href: `${base}/connectors/${connector.id}` },
        ]}
      />
      <div className="mb-3 flex flex-wrap items-end gap-3">
        <FilterSelect
          param="state"
          label="State"
          options={RECEIPT_STATES.map((one) => ({ value: one, label: RECEIPT_LOOKS[one].word }))}
        />
        <DownloadLinks of="receipts" connectorId={connector.id} filter={filter} />
      </div>
      <Card>
        <ReceiptTable
          base={base}
          receipts={receipts}
          empty={state === undefined ? "Nothing was sent yet." : "None is in this state."}
        />
      </Card>
      <CursorPagination
        summary={`${formatNumber(receipts.length)} on this page`}
        firstHref={cursor === undefined ? undefined : `${path}?${new URLSearchParams(filter).toString()}`}
        nextHref={
          next === null ? undefined : `${path}?${new URLSearchParams({ ...filter, cursor: next }).toString()}`
        }
      />
    </>
  );
}
