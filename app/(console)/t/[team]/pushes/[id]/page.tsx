import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { PushStateBadge } from "@/components/connectors/delivery-state-badges";
import { RaisedCard } from "@/components/connectors/raised-card";
import { toPushProgress } from "@/components/connectors/push-progress";
import { DataTable } from "@/components/data-table/data-table";
import { ActionButton } from "@/components/forms/action-button";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { LiveProgress } from "@/components/live/live-progress";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { defang } from "@/lib/domain/indicator/defang";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { getPush } from "@/lib/services/delivery/get-push";
import { listRaised } from "@/lib/services/reconcile/list-raised";

import { orNotFound, readId } from "../../../../or-not-found";
import { planAction } from "../../connectors/actions";
import { resumePushAction } from "../actions";

type Props = { params: Promise<{ team: string; id: string }> };

export const metadata: Metadata = { title: "Push" };

const RAISED_SHOWN = 100;

/** What was sent and what the destination answered, moving while it is under way. */
export default async function PushPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("push.read", slug);
  const push = await orNotFound(getPush(actor, readId(id)));
  if (push.teamId !== team.id) notFound();
  const connector = await orNotFound(getConnector(actor, push.connectorId));
  const raised = await listRaised(push, { limit: RAISED_SHOWN, pushId: push.id });
  const base = `/t/${team.slug}`;
  const values = { team: team.slug };
  const mayApply = can(actor, "push.apply", team.id);
  const mayPlan = mayApply && connector.enabled && push.state === "done";

  return (
    <>
      <PageHeader
        title={`Push to ${connector.name}`}
        description={
          <>
            Begun <RelativeTime at={push.queuedAt} />.
            {(push.state === "queued" || push.state === "running") && " You can leave this page: it goes on."}
          </>
        }
        crumbs={[
          { label: "Connectors", href: `${base}/connectors` },
          { label: connector.name, href: `${base}/connectors/${connector.id}` },
        ]}
        badges={
          <PushStateBadge state={push.state} refused={push.counts.failed} waitingSince={push.waitingSince} />
        }
        actions={
          <>
            <LinkButton href={`${base}/plans/${push.planId}`}>The plan</LinkButton>
            {(push.state === "stopped" || push.waitingSince !== null) && mayApply && (
              <ActionButton action={resumePushAction} values={{ ...values, id: push.id }} variant="primary">
                {push.state === "stopped" ? "Go on" : "Try now"}
              </ActionButton>
            )}
          </>
        }
      />
      <div className="space-y-6">
        <Card>
          <CardBody>
            <LiveProgress
              url={`/api/live/pushes/${push.id}`}
              initial={toPushProgress(push)}
              label="Sent"
              unit="indicators"
            />
          </CardBody>
        </Card>
        {push.failures.length > 0 && (
          <Card>
            <CardHeader
              title="Refused"
              description="Each with the destination’s own reason. The others are in."
              actions={
                mayPlan && (
                  <ActionButton action={planAction} values={{ ...values, id: connector.id, retry: "true" }}>
                    Plan again
                  </ActionButton>
                )
              }
            />
            <DataTable
              caption="Refused"
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
      </div>
    </>
  );
}
