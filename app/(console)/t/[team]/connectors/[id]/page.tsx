import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { z } from "zod";

import { BehindNote } from "@/components/connectors/behind-note";
import { BudgetFacts } from "@/components/connectors/budget-facts";
import { CapacityBar } from "@/components/connectors/capacity-bar";
import { ConnectionChecks } from "@/components/connectors/connection-checks";
import { ConnectorSettings } from "@/components/connectors/connector-settings";
import { LetThroughTable } from "@/components/connectors/let-through-table";
import { NeighbourNote } from "@/components/connectors/neighbour-note";
import type { PlanCounts } from "@/components/connectors/plan-counts";
import { PlanningNote } from "@/components/connectors/planning-note";
import { PlanTable } from "@/components/connectors/plan-table";
import { PushTable } from "@/components/connectors/push-table";
import { RaisedCard } from "@/components/connectors/raised-card";
import { ReceiptTable } from "@/components/connectors/receipt-table";
import { WaitingPlan } from "@/components/connectors/waiting-plan";
import { StopNotes } from "@/components/connectors/stop-notes";
import { StopSwitch } from "@/components/connectors/stop-switch";
import { TenantName } from "@/components/connectors/tenant-name";
import { ActionButton } from "@/components/forms/action-button";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { RefreshWhile } from "@/components/live/refresh-while";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatDuration } from "@/components/ui/format-time";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { writeDaysByType } from "@/lib/actions/days-by-type";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { CONNECTOR_KIND_LABELS } from "@/lib/domain/connector/kinds";
import { DRIFT_KINDS } from "@/lib/domain/delivery/drift-choices";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { isSamePlace, listNeighbours, type Neighbour } from "@/lib/services/connectors/list-neighbours";
import { countWaitingAt } from "@/lib/services/delivery/count-waiting";
import { getStopOfAll } from "@/lib/services/delivery/delivery-stop";
import { getBudget } from "@/lib/services/budget/get-budget";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import { getPlanning } from "@/lib/services/planning/get-planning";
import { isPlanBehind } from "@/lib/services/planning/is-plan-behind";
import { listLetThrough } from "@/lib/services/planning/list-let-through";
import { listPlans } from "@/lib/services/planning/list-plans";
import { listPushes } from "@/lib/services/delivery/list-pushes";
import { listRaised } from "@/lib/services/reconcile/list-raised";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import { nameFeeds } from "@/lib/services/feeds/name-feeds";

import { orNotFound, readId } from "../../../../or-not-found";
import {
  deleteConnectorAction,
  endLetThroughAction,
  planAction,
  setConnectorEnabledAction,
  startConnectorAction,
  stopConnectorAction,
  testConnectorAction,
  tryMd5Action,
} from "../actions";
import { DriftSection } from "./drift-section";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const askedSchema = z.object({
  drift: z.enum(DRIFT_KINDS).nullable().catch(null),
  /** The plan that the reader waits for. */
  planning: z.uuid().nullable().catch(null),
});

export const metadata: Metadata = { title: "Connector" };

const RECENT = 10;
const LET_THROUGH_SHOWN = 50;
const RAISED_SHOWN = 10;
const REFRESH_MS = 3_000;

/** Of what was seen in the last day, in a sentence; empty where nothing was. */
const describeLatency = (latency: { medianSeconds: number; p95Seconds: number } | null): string =>
  latency === null
    ? ""
    : `In the last 24 hours records were seen there after ${formatDuration(latency.medianSeconds * 1_000)} (median) and ${formatDuration(latency.p95Seconds * 1_000)} (95 of 100).`;

const namesBeside = (all: readonly Neighbour[], id: string): string[] => {
  const own = all.find((one) => one.id === id);
  return all.flatMap((one) => (own && one.id !== id && isSamePlace(one, own) ? [one.name] : []));
};

const candidatesOf = (plan: { counts: PlanCounts } | undefined): number =>
  Object.values(plan?.counts ?? {}).reduce((sum, count) => sum + count, 0);

/** One way to Microsoft: test, plan, what stands there and what happened. */
export default async function ConnectorPage({ params, searchParams }: Props) {
  const { drift: kind, planning: awaited } = askedSchema.parse(await searchParams);
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("connector.read", slug);
  const connector = await orNotFound(getConnector(actor, readId(id)));
  if (connector.teamId !== team.id) notFound();
  const own = { id: connector.id, teamId: team.id };
  const planning = await getPlanning(own);
  if (planning?.id === awaited && planning.planId) redirect(`/t/${team.slug}/plans/${planning.planId}`);
  const [raised, neighbours, leaving, isBehind] = await Promise.all([
    listRaised({ connectorId: connector.id, teamId: team.id }, { limit: RAISED_SHOWN }),
    listNeighbours(team.id, connector.kind),
    countWaitingAt(own),
    isPlanBehind(own),
  ]);
  const [capacity, budget, { plans }, { pushes }, receipts, feeds, stopOfAll, { letThrough }] =
    await Promise.all([
      connector.kind === "defender" ? getCapacity(own) : null,
      getBudget(own),
      listPlans(own, { limit: RECENT, after: null }),
      listPushes(own, { limit: RECENT, after: null }),
      listReceipts(own, { limit: RECENT, after: null }),
      nameFeeds(actor, {
        teamId: team.id,
        ids: [
          ...(connector.selection.feeds ?? []),
          ...connector.rules.flatMap(({ when }) => when.feeds ?? []),
        ],
      }),
      getStopOfAll(),
      listLetThrough(own, { limit: LET_THROUGH_SHOWN, after: null }),
    ]);
  const base = `/t/${team.slug}`;
  const values = { team: team.slug, id: connector.id };
  const newest = plans.find(({ isPartial }) => !isPartial);
  const waiting =
    connector.mode === "automatic" && newest?.state === "draft" && newest.waitsBecause !== null
      ? newest
      : null;
  const mayWrite = can(actor, "connector.write", team.id);
  const feedNames = new Map(
    feeds.map(({ id: feedId, name, isGone }) => [feedId, isGone ? `${name} (gone)` : name]),
  );
  const mayApply = can(actor, "push.apply", team.id);

  return (
    <>
      <PageHeader
        title={connector.name}
        description={
          <>
            {CONNECTOR_KIND_LABELS[connector.kind]}, tenant <TenantName {...connector} />
          </>
        }
        crumbs={[{ label: "Connectors", href: `${base}/connectors` }]}
        badges={connector.enabled ? undefined : <Badge tone="warning">Paused</Badge>}
        actions={
          <>
            <LinkButton href={`${base}/connectors/${connector.id}/hunting`}>Queries</LinkButton>
            {mayWrite && (
              <ActionButton action={testConnectorAction} values={values}>
                Test connection
              </ActionButton>
            )}
            {mayApply && (
              <StopSwitch
                stop={connector.stop}
                waiting={leaving}
                to={connector.name}
                isOne
                stopAction={stopConnectorAction}
                startAction={startConnectorAction}
                values={values}
              />
            )}
            {mayApply && (
              <ActionButton
                action={planAction}
                values={connector.enabled ? values : { ...values, removals: "true" }}
                variant="primary"
                disabled={planning?.state === "under-way"}
              >
                {connector.enabled ? "Plan" : "Plan removals"}
              </ActionButton>
            )}
          </>
        }
      />
      <div className="space-y-6">
        {/* That one could not be made is for who can make another. */}
        {planning && (planning.state !== "failed" || mayApply) && (
          <PlanningNote
            planning={planning}
            isAwaited={planning.id === awaited}
            candidates={candidatesOf(newest)}
          />
        )}
        {plans.length === 0 && (
          <Callout tone="info" title="Nothing was planned yet." role="note">
            A plan shows what would be added, changed and removed here, and why each other candidate stays
            out. It sends nothing.
          </Callout>
        )}
        <StopNotes
          ofAll={stopOfAll}
          own={connector.stop}
          waiting={leaving}
          howToEndOwn={
            mayApply
              ? "“Switch sending on”, above, ends it."
              : "An analyst or an owner of the team ends it on this page."
          }
        />
        {connector.mode === "review" && isBehind && plans.length > 0 && (
          <BehindNote
            team={team.slug}
            connectorId={connector.id}
            action={mayApply && connector.enabled ? planAction : null}
          />
        )}
        <NeighbourNote kind={connector.kind} names={namesBeside(neighbours, connector.id)} />
        {waiting && <WaitingPlan {...{ connector, stopOfAll, base }} plan={waiting} />}
        {connector.lastTest && (
          <Card>
            <CardHeader title="Last test" description={<RelativeTime at={connector.lastTest.at} />} />
            <CardBody>
              <ConnectionChecks checks={connector.lastTest.checks} />
              {!connector.lastTest.ok && (
                <LinkButton
                  href={`${base}/connectors/guide?connector=${connector.id}`}
                  size="sm"
                  className="mt-3"
                >
                  What to grant, step by step
                </LinkButton>
              )}
            </CardBody>
          </Card>
        )}
        {capacity && (
          <Card>
            <CardHeader title="Capacity" description="Of the whole tenant, whoever puts indicators there." />
            <CardBody>
              <RefreshWhile
                isOpen={capacity.isUnread && connector.enabled && connector.reconcileProblem === null}
                everyMs={REFRESH_MS}
              />
              <CapacityBar capacity={capacity} />
              {budget && <BudgetFacts budget={budget} />}
            </CardBody>
          </Card>
        )}
        <DriftSection actor={actor} team={team} connector={connector} kind={kind} />
        {letThrough.length > 0 && (
          <Card>
            <CardHeader
              title="Let through the gate"
              description="Blocked as the settings say, by a person’s word."
            />
            <LetThroughTable
              rows={letThrough}
              end={mayApply ? { action: endLetThroughAction, values } : null}
            />
          </Card>
        )}
        <RaisedCard title="Stricter because of others" base={base} raised={raised} />
        <div className="grid grid-cols-1 gap-6 xl:grid-cols-2">
          <Card>
            <CardHeader title="Plans" />
            <PlanTable base={base} plans={plans} />
          </Card>
          <Card>
            <CardHeader title="Pushes" />
            <PushTable
              base={base}
              pushes={pushes}
              isSendingOff={stopOfAll !== null || connector.stop !== null}
            />
          </Card>
        </div>
        <Card>
          <CardHeader
            title="Receipts"
            description={`What the destination answered of the newest ${String(RECENT)} indicators. ${describeLatency(connector.visibleAfter)}`}
            actions={
              receipts.receipts.length > 0 && (
                <LinkButton href={`${base}/connectors/${connector.id}/receipts`} size="sm">
                  All receipts
                </LinkButton>
              )
            }
          />
          <ReceiptTable base={base} receipts={receipts.receipts} />
        </Card>
        <Card>
          <CardHeader
            title="Settings"
            actions={
              mayWrite && (
                <LinkButton href={`${base}/connectors/${connector.id}/edit`} size="sm">
                  Edit
                </LinkButton>
              )
            }
          />
          <CardBody>
            <ConnectorSettings
              connector={connector}
              ownDays={writeDaysByType(connector.expiryByType)}
              credentialHref={`${base}/connectors/${connector.id}/credential`}
              nameFeed={(feedId) => feedNames.get(feedId)}
            />
            {mayWrite && (
              <div className="mt-4 flex flex-wrap gap-2">
                {connector.kind === "defender" && (
                  <ConfirmDialog
                    trigger="Try MD5"
                    isDangerous={false}
                    variant="secondary"
                    title="Try whether the tenant takes MD5?"
                    confirmLabel="Try it"
                    action={tryMd5Action}
                    values={values}
                  >
                    <p>
                      One record of a random MD5 is created in the tenant, which only audits, and taken away
                      again at once. The answer holds for every connector to the tenant.
                    </p>
                  </ConfirmDialog>
                )}
                <ActionButton
                  action={setConnectorEnabledAction}
                  values={{ ...values, enabled: connector.enabled ? "false" : "true" }}
                >
                  {connector.enabled ? "Pause" : "Resume"}
                </ActionButton>
                <ActionButton action={planAction} values={{ ...values, withdraw: "true" }}>
                  Plan to withdraw everything
                </ActionButton>
                <ConfirmDialog
                  trigger="Delete"
                  variant="danger-quiet"
                  title={`Delete ${connector.name}?`}
                  confirmLabel="Delete"
                  action={deleteConnectorAction}
                  values={values}
                >
                  <p>
                    Only a connector under which nothing stands can be deleted, once what it removed was seen
                    gone (an hour at most). Its secret is forgotten; its receipts stay.
                  </p>
                </ConfirmDialog>
              </div>
            )}
            {mayWrite && (
              <p className="text-muted mt-2 text-sm">
                “Pause”: nothing new is planned or applied; what was applied goes on, and removals can still
                be planned. “Stop sending”, at the top: within a second nothing leaves any more, removals
                included.
              </p>
            )}
          </CardBody>
        </Card>
      </div>
    </>
  );
}
