import type { Metadata } from "next";
import { z } from "zod";

import { AuditTable } from "@/components/audit/audit-table";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { FilterSelect } from "@/components/data-table/filter-select";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { listAudit } from "@/lib/services/audit/list-audit";

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Activity" };

const AREAS = {
  "feed.": "Feeds",
  "run.": "Runs",
  "subscription.": "Subscriptions",
  "indicator.": "Indicators",
  "proposal.": "Proposals",
  "allowlist.": "Allowlists",
  "recall.": "Recalls",
  "withheld.": "Holds",
  "connector.": "Connectors",
  "credential.": "Secrets",
  "plan.": "Plans",
  "push.": "Pushes",
  "gate.": "Gates",
  "stranger.": "Records nobody knew",
  "member.": "Members",
  "invitation.": "Invitations",
};
const isArea = (text: string): boolean => Object.hasOwn(AREAS, text);

const paramsSchema = z.object({
  action: z.string().refine(isArea).optional().catch(undefined),
  cursor: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional()
    .catch(undefined),
});
const PAGE_SIZE = 50;

/** Who did what in the team. */
export default async function ActivityPage({ params, searchParams }: Props) {
  const { actor, team } = await requirePage("audit.read", (await params).team);
  const { action, cursor } = paramsSchema.parse(await searchParams);
  const { entries, next } = await listAudit(actor, {
    limit: PAGE_SIZE,
    teamId: team.id,
    action,
    before: cursor,
  });
  const path = `/t/${team.slug}/activity`;
  const filter = action === undefined ? {} : { action };

  return (
    <>
      <PageHeader
        title="Activity"
        description="Every change, written together with it and sealed in a chain: nothing can be altered unseen."
      />
      <div className="mb-3">
        <FilterSelect
          param="action"
          label="About"
          options={Object.entries(AREAS).map(([value, label]) => ({ value, label }))}
        />
      </div>
      <Card>
        <AuditTable entries={entries} hasTeam={false} />
      </Card>
      <CursorPagination
        summary={`${formatCount(entries.length, "entry", "entries")} on this page`}
        firstHref={cursor === undefined ? undefined : `${path}?${new URLSearchParams(filter).toString()}`}
        nextHref={
          next === null ? undefined : `${path}?${new URLSearchParams({ ...filter, cursor: next }).toString()}`
        }
      />
    </>
  );
}
