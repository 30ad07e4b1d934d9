import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { LeftoversNote } from "@/components/connectors/leftovers-note";
import { PushFacts } from "@/components/connectors/push-facts";
import { PushStateBadge } from "@/components/connectors/delivery-state-badges";
import { RaisedCard } from "@/components/connectors/raised-card";
import { toPushProgress } from "@/components/connectors/push-progress";
import { StopNotes } from "@/components/connectors/stop-notes";
import { DataTable } from "@/components/data-table/data-table";
import { ActionButton } from "@/components/forms/action-button";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { LiveProgress } from "@/components/live/live-progress";
import { RefreshWhile } from "@/components/live/refresh-while";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import { defang } from "@/lib/domain/indicator/defang";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { countWaitingAt } from "@/lib/services/delivery/count-waiting";
import { getStopOfAll } from "@/lib/services/delivery/delivery-stop";
import { getPush } from "@/lib/services/delivery/get-push";
import { countSeen, NOTHING_SEEN } from "@/lib/services/delivery/list-push-items";
import type { PushView } from "@/lib/services/delivery/push-view";
import { getObstacle } from "@/lib/services/delivery/stopped-push";
import { listRaised } from "@/lib/services/reconcile/list-raised";

import { orNotFound, readId } from "../../../../or-not-found";
import { planAction } from "../../connectors/actions";
import { leaveOutAction, resumePushAction } from "../actions";
import { askedSchema, ReceiptsSection } from "./receipts-section";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Push" };

const RAISED_SHOWN = 100;
/** What was accepted and removed is read back a little later. */
const LOOKING_MS = 600_000;
const AGAIN_MS = 10_000;
const NOTHING = { pushes: 0, items: 0 };

const isRecent = ({ finishedAt }: PushView): boolean =>
  finishedAt !== null && Date.now() - finishedAt.getTime() < LOOKING_MS;

/** What was sent and what the destination answered, moving while it is under way. */
export default async function PushPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("push.read", slug);
  const push = await orNotFound(getPush(actor, readId(id)));
  if (push.teamId !== team.id) notFound();
  const connector = await orNotFound(getConnector(actor, push.connectorId));
  const isOver = push.state === "done" || push.state === "stopped";
  const own = { id: connector.id, teamId: team.id };
  const [raised, obstacle, seen, stopOfAll, leaving] = await Promise.all([
    listRaised(push, { limit: RAISED_SHOWN, pushId: push.id }),
    push.state === "stopped" ? getObstacle(push) : null,
    isOver ? countSeen(push) : NOTHING_SEEN,
    push.isSendingOff ? getStopOfAll() : null,
    push.isSendingOff ? countWaitingAt(own) : NOTHING,
  ]);
  const base = `/t/${team.slug}`;
  const values = { team: team.slug };
  const mayApply = can(actor, "push.apply", team.id);
  const mayPlan = mayApply && connector.enabled && push.state === "done";
  const isReadable =
    connector.kind === "defender" ||
    [connector.subscriptionId, connector.resourceGroup, connector.workspaceName].every(Boolean);
  const isAwaited = seen.visible < push.counts.accepted || seen.unconfirmed > 0;
  const isLooking = isReadable && push.state === "done" && isAwaited && isRecent(push);
  const path = `${base}/pushes/${push.id}`;

  return (
    <>
      <PageHeader
        title={`Push to ${connector.name}`}
        description={
          <>
            Begun <RelativeTime at={push.queuedAt} />.
            {!isOver && !push.isSendingOff && " You can leave this page: it goes on."}
          </>
        }
        crumbs={[
          { label: "Connectors", href: `${base}/connectors` },
          { label: connector.name, href: `${base}/connectors/${connector.id}` },
        ]}
        badges={
          <PushStateBadge
            state={push.state}
            failed={push.counts.failed}
            waitingSince={push.waitingSince}
            isSendingOff={push.isSendingOff}
          />
        }
        actions={
          <>
            <LinkButton href={`${base}/plans/${push.planId}`}>The plan</LinkButton>
            {push.waitingSince !== null && !push.isSendingOff && mayApply && (
              <ActionButton action={resumePushAction} values={{ ...values, id: push.id }} variant="primary">
                Try now
              </ActionButton>
            )}
            {push.state === "stopped" && mayApply && (
              <>
                {obstacle === null && (
                  <ActionButton
                    action={resumePushAction}
                    values={{ ...values, id: push.id }}
                    variant="primary"
                  >
                    Go on
                  </ActionButton>
                )}
                {obstacle?.isToPlanAnew !== false && connector.enabled && (
                  <ActionButton
                    action={planAction}
                    values={{ ...values, id: connector.id }}
                    variant={obstacle === null ? "secondary" : "primary"}
                  >
                    Make a new plan
                  </ActionButton>
                )}
              </>
            )}
          </>
        }
      />
      <RefreshWhile isOpen={isLooking} everyMs={AGAIN_MS} />
      <div className="space-y-6">
        {push.isSendingOff && (
          <StopNotes
            ofAll={stopOfAll}
            own={connector.stop}
            waiting={leaving}
            howToEndOwn="“Switch sending on”, on the connector’s page, ends it: for an analyst or an owner of the team."
          />
        )}
        {push.leftovers !== null && !push.isSendingOff && (
          <LeftoversNote leftovers={push.leftovers}>
            {mayApply && (
              <ActionButton action={leaveOutAction} values={{ ...values, id: push.id }}>
                Leave {push.leftovers.count === 1 ? "it" : "them"} out
              </ActionButton>
            )}
          </LeftoversNote>
        )}
        {obstacle !== null && (
          <Callout tone="warning" title="This push cannot go on." role="note">
            {obstacle.message}
          </Callout>
        )}
        <Card>
          <CardBody>
            <LiveProgress
              url={`/api/live/pushes/${push.id}`}
              initial={toPushProgress(push)}
              label="Sent"
              unit="indicators"
            />
            {isOver && push.counts.planned > 0 && (
              <PushFacts push={push} seen={seen} isReadable={isReadable} />
            )}
          </CardBody>
        </Card>
        {push.failures.length > 0 && (
          <Card>
            <CardHeader
              title={OUTCOME_WORDS.failed}
              description={
                push.counts.failed > push.failures.length
                  ? `The first ${String(push.failures.length)} of ${formatNumber(push.counts.failed)}, each with the destination’s own reason. All are among the receipts.`
                  : "Each with the destination’s own reason."
              }
              actions={
                mayPlan && (
                  <ActionButton action={planAction} values={{ ...values, id: connector.id, retry: "true" }}>
                    Plan again
                  </ActionButton>
                )
              }
            />
            <DataTable
              caption={OUTCOME_WORDS.failed}
              rows={push.failures}
              rowKey={({ indicatorId }) => indicatorId}
              empty={null}
              columns={[
                {
                  id: "value",
                  header: "Indicator",
                  isRowHeader: true,
                  cell: ({ type, value }) => (
                    <IndicatorValue type={type} live={value} defanged={defang(type, value)} />
                  ),
                },
                {
                  id: "reason",
                  header: "Why",
                  cell: ({ reason, advice }) => (
                    <>
                      {reason}
                      {advice !== null && <span className="text-muted mt-0.5 block text-xs">{advice}</span>}
                    </>
                  ),
                },
                {
                  id: "trace",
                  header: "Trace",
                  cell: ({ indicatorId }) => (
                    <TextLink href={`${base}/indicators/${indicatorId}`}>Trace</TextLink>
                  ),
                },
              ]}
            />
          </Card>
        )}
        <RaisedCard title="Accepted, and stricter than planned" base={base} raised={raised} />
        <ReceiptsSection {...{ base, path, push, seen }} asked={askedSchema.parse(await searchParams)} />
      </div>
    </>
  );
}
