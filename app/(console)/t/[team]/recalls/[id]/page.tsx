import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { RefreshWhile } from "@/components/live/refresh-while";
import { LiftRecallDialog } from "@/components/recalls/lift-recall-dialog";
import { RecallCountdown } from "@/components/recalls/recall-countdown";
import { RecallStateBadge, stateOfRecall } from "@/components/recalls/recall-state-badge";
import { defangTarget, KIND_WORDS } from "@/components/recalls/recall-words";
import { KeyValueList } from "@/components/ui/key-value";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { getRecall } from "@/lib/services/recalls/get-recall";
import { getRecallProgress } from "@/lib/services/recalls/get-recall-progress";
import type { RecallView } from "@/lib/services/recalls/recall-view";

import { orNotFound, readId } from "../../../../or-not-found";
import { checkRecallLiftAction, liftRecallAction } from "../actions";

type Props = { params: Promise<{ team: string; id: string }> };

export const metadata: Metadata = { title: "Recall" };

/** One recall: how far it is until nothing of it stands anywhere, confirmed; and how to end it. */
export default async function RecallPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("indicator.read", slug);
  const recall = await orNotFound(getRecall(actor, readId(id)));
  if (recall.teamId !== null && recall.teamId !== team.id) notFound();
  const progress = await getRecallProgress(actor, recall, [team.id]);
  const state = stateOfRecall(recall, progress);
  const shown = defangTarget(recall);
  const mayLift =
    recall.isStanding &&
    can(actor, "recall.write", team.id) &&
    (recall.teamId !== null || can(actor, "admin.system"));

  return (
    <>
      <PageHeader
        title={<span className="font-mono break-all">{shown}</span>}
        description={KIND_WORDS[recall.kind]}
        crumbs={[
          { label: "Indicators", href: `/t/${team.slug}/indicators` },
          { label: "Recalls", href: `/t/${team.slug}/recalls` },
          { label: shown },
        ]}
        badges={<RecallStateBadge state={state} />}
        actions={
          mayLift && (
            <LiftRecallDialog
              team={team.slug}
              recallId={recall.id}
              action={liftRecallAction}
              checkAction={checkRecallLiftAction}
            />
          )
        }
      />
      <div className="space-y-6">
        <RefreshWhile isOpen={state === "under-way" || state === "stuck"} everyMs={2_000} />
        <RecallCountdown team={team.slug} recall={recall} progress={progress} />
        <KeyValueList
          entries={[
            { label: "Reason", value: recall.reason },
            {
              label: "Recalled by",
              value: (
                <>
                  {recall.createdBy}, <RelativeTime at={recall.createdAt} />
                </>
              ),
            },
            { label: "Stands until", value: <End recall={recall} /> },
            { label: "Holds for", value: recall.teamId === null ? "Every team" : team.name },
            {
              label: "What it met",
              value: (
                <TextLink href={`/t/${team.slug}/indicators?state=recalled`}>
                  Recalled indicators of the team
                </TextLink>
              ),
            },
          ]}
        />
      </div>
    </>
  );
}

const End = ({ recall: { liftedAt, liftedBy, until } }: { recall: RecallView }) => {
  if (liftedAt !== null)
    return (
      <>
        Lifted by {liftedBy}, <RelativeTime at={liftedAt} />
      </>
    );
  return until === null ? "Somebody lifts it" : <RelativeTime at={until} />;
};
