import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";

import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import { ChangeTable } from "@/components/proposals/change-table";
import { ProposalStateBadge } from "@/components/proposals/proposal-state-badge";
import { describeProposal } from "@/components/proposals/proposal-table";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { KeyValueList } from "@/components/ui/key-value";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { Textarea } from "@/components/ui/textarea";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { getProposal, listProposalItems } from "@/lib/services/proposals/list-proposals";

import { orNotFound, readId } from "../../../../or-not-found";
import { approveProposalAction, cancelProposalAction, declineProposalAction } from "../actions";
import { toChangedValue } from "../changed-value";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Proposal" };

const paramsSchema = z.object({ after: z.coerce.number().int().min(0).catch(0) });
const PAGE_SIZE = 100;

/** One change that waits for a second person: exactly what it does, and how to decide. */
export default async function ProposalPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("indicator.read", slug);
  const proposal = await orNotFound(getProposal(actor, readId(id)));
  if (proposal.teamId !== team.id) notFound();
  const { after } = paramsSchema.parse(await searchParams);
  const { items, next } = await listProposalItems(proposal, { limit: PAGE_SIZE, after });
  const path = `/t/${team.slug}/proposals`;
  const stale = items.filter(({ isStale }) => isStale).length;
  const isOpen = proposal.state === "open";
  const isOwn = proposal.proposedBy === actor.userId;
  const values = { team: team.slug, proposalId: proposal.id };
  const title = describeProposal(proposal);

  return (
    <>
      <PageHeader
        title={title}
        crumbs={[{ label: "Proposals", href: path }, { label: title }]}
        badges={<ProposalStateBadge state={proposal.state} />}
        actions={
          isOpen && (
            <div className="flex flex-wrap gap-2">
              {!isOwn && can(actor, "indicator.approve", team.id) && (
                <>
                  <ConfirmDialog
                    trigger="Approve"
                    variant="primary"
                    title={`${title}?`}
                    confirmLabel="Approve it"
                    action={approveProposalAction}
                    values={values}
                    isDangerous={false}
                    disabled={stale > 0}
                  >
                    <p>
                      It is done at once and exactly as shown, in {proposal.proposedByName}’s name and with
                      yours beside it. Automatic connectors plan it by themselves.
                    </p>
                  </ConfirmDialog>
                  <ConfirmDialog
                    trigger="Decline"
                    title="Decline this proposal?"
                    confirmLabel="Decline it"
                    action={declineProposalAction}
                    values={values}
                    fields={
                      <Field
                        name="reason"
                        label="Reason"
                        hint="Its author reads it, and the audit keeps it."
                        required
                      >
                        <Textarea rows={2} />
                      </Field>
                    }
                  >
                    <p>Nothing of it is done. It can be proposed again.</p>
                  </ConfirmDialog>
                </>
              )}
              {isOwn && can(actor, "indicator.write", team.id) && (
                <ConfirmDialog
                  trigger="Cancel the proposal"
                  title="Take this proposal back?"
                  confirmLabel="Take it back"
                  action={cancelProposalAction}
                  values={values}
                >
                  <p>Nothing of it is done. You can propose it again.</p>
                </ConfirmDialog>
              )}
            </div>
          )
        }
      />
      <div className="space-y-6">
        {stale > 0 && (
          <Callout tone="warning" title={`${formatNumber(stale)} of these changed since this was proposed`}>
            It cannot be approved any more: what it shows as “before” is not what stands now. Decline it and
            have it proposed anew.
          </Callout>
        )}
        {isOpen && isOwn && stale === 0 && (
          <Callout tone="info" title="It waits for another member of the team">
            Whoever proposed something cannot approve it. Analysts and owners of {team.name} can.
          </Callout>
        )}
        <KeyValueList
          entries={[
            {
              label: "Proposed by",
              value: (
                <>
                  {proposal.proposedByName}, <RelativeTime at={proposal.proposedAt} />
                </>
              ),
            },
            ...(proposal.reason === "" ? [] : [{ label: "Reason", value: proposal.reason }]),
            ...(proposal.decidedAt === null
              ? []
              : [
                  {
                    label: DECIDED_WORDS[proposal.state],
                    value: (
                      <>
                        {proposal.decidedByName}, <RelativeTime at={proposal.decidedAt} />
                      </>
                    ),
                  },
                ]),
            ...(proposal.decisionReason === null
              ? []
              : [{ label: "Why it was declined", value: proposal.decisionReason }]),
          ]}
        />
        <section aria-label="What it changes">
          <ChangeTable values={items.map(toChangedValue)} />
          {(after > 0 || next !== null) && (
            <CursorPagination
              summary={`${formatNumber(items.length)} of ${formatCount(proposal.items, "indicator")}`}
              firstHref={after === 0 ? undefined : `${path}/${proposal.id}`}
              nextHref={next === null ? undefined : `${path}/${proposal.id}?after=${String(next)}`}
            />
          )}
        </section>
      </div>
    </>
  );
}

const DECIDED_WORDS = {
  open: "Decided by",
  approved: "Approved by",
  declined: "Declined by",
  cancelled: "Cancelled by",
} as const;
