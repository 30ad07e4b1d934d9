import type { Metadata } from "next";
import { z } from "zod";

import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { ProposalTable } from "@/components/proposals/proposal-table";
import { formatCount } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { listProposals } from "@/lib/services/proposals/list-proposals";

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Proposals" };

const paramsSchema = z.object({
  at: z.iso.datetime().optional().catch(undefined),
  id: z.uuid().optional().catch(undefined),
});
const PAGE_SIZE = 50;

/** Changes of the team's own list that wait for a second person, and what became of earlier ones. */
export default async function ProposalsPage({ params, searchParams }: Props) {
  const { actor, team } = await requirePage("indicator.read", (await params).team);
  const { at, id } = paramsSchema.parse(await searchParams);
  const after = at !== undefined && id !== undefined ? { at, id } : null;
  const { proposals, next } = await listProposals(actor, { teamIds: [team.id], limit: PAGE_SIZE, after });
  const path = `/t/${team.slug}/proposals`;
  return (
    <>
      <PageHeader
        title="Proposals"
        description="What waits for a second person. Whoever proposed something cannot approve it; recalls never wait."
        actions={
          can(actor, "team.write", team.id) && (
            <TextLink href={`/t/${team.slug}/settings/rules`}>What has to wait</TextLink>
          )
        }
      />
      <ProposalTable team={team.slug} proposals={proposals} />
      {(after !== null || next !== null) && (
        <CursorPagination
          summary={formatCount(proposals.length, "proposal")}
          firstHref={after === null ? undefined : path}
          nextHref={next === null ? undefined : `${path}?${new URLSearchParams(next).toString()}`}
        />
      )}
    </>
  );
}
