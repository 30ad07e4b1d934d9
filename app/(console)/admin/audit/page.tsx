import type { Metadata } from "next";
import { z } from "zod";

import { AuditTable } from "@/components/audit/audit-table";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { listAudit } from "@/lib/services/audit/list-audit";
import { verifyAudit, type AuditVerdict } from "@/lib/services/audit/verify-audit";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export const metadata: Metadata = { title: "Audit" };

const paramsSchema = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional()
    .catch(undefined),
  check: z.literal("1").optional().catch(undefined),
});
const PAGE_SIZE = 100;

/** Every change in the installation, with the proof that none was altered. */
export default async function AuditPage({ searchParams }: Props) {
  const { actor } = await requirePage("admin.audit");
  const { cursor, check } = paramsSchema.parse(await searchParams);
  const [{ entries, next }, verdict] = await Promise.all([
    listAudit(actor, { limit: PAGE_SIZE, before: cursor }),
    check === undefined ? null : verifyAudit(),
  ]);

  return (
    <>
      <PageHeader
        title="Audit"
        description="Every change in the installation, written together with it and sealed in a chain."
        actions={<LinkButton href="/admin/audit?check=1">Check the chain</LinkButton>}
      />
      <div className="space-y-4">
        {verdict && <Verdict verdict={verdict} />}
        <Card>
          <AuditTable entries={entries} hasTeam />
        </Card>
      </div>
      <CursorPagination
        summary={`${formatCount(entries.length, "entry", "entries")} on this page`}
        firstHref={cursor === undefined ? undefined : "/admin/audit"}
        nextHref={next === null ? undefined : `/admin/audit?cursor=${next}`}
      />
    </>
  );
}

const Verdict = ({ verdict: { checked, broken, unsealed } }: { verdict: AuditVerdict }) =>
  broken === null ? (
    <Callout
      tone="success"
      title={`The chain is whole: ${formatCount(checked, "entry", "entries")} checked.`}
      role="status"
    >
      Each seal covers its entry and the seal before it.{" "}
      {unsealed === 1
        ? "1 newer entry waits for its seal."
        : `${formatNumber(unsealed)} newer entries wait for their seals.`}
    </Callout>
  ) : (
    <Callout tone="danger" title={`The chain breaks at seal ${broken.seq}.`} role="alert">
      {broken.reason} Entry {broken.entryId}. Compare with a backup before anything else is changed.
    </Callout>
  );
