import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { ApplyPlan } from "@/components/connectors/apply-plan";
import { BlastNote } from "@/components/connectors/blast-note";
import { PlanStateBadge } from "@/components/connectors/delivery-state-badges";
import { LoosenedGateNote } from "@/components/connectors/loosened-gate-note";
import { PlanApproval } from "@/components/connectors/plan-approval";
import { PlanFitNote } from "@/components/connectors/plan-fit";
import { PlanNotes } from "@/components/connectors/plan-notes";
import { PlanSummary } from "@/components/connectors/plan-summary";
import { ReasonLinks } from "@/components/connectors/reason-links";
import { StalePlan } from "@/components/connectors/stale-plan";
import { SupersededPlan } from "@/components/connectors/superseded-plan";
import { ActionButton } from "@/components/forms/action-button";
import { RefreshWhile } from "@/components/live/refresh-while";
import { BesideWithdrawalNote, OnItsWayNote } from "@/components/recalls/on-its-way-note";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { tenantWords } from "@/lib/domain/connector/tenant";
import { sumBeside, takesItsPlace } from "@/lib/domain/delivery/beside-withdrawal";
import { placesKeptUntil } from "@/lib/domain/delivery/plan-places";
import { describeOverlap } from "@/lib/domain/delivery/plan-overlap";
import { RETRIED_CODES, type BlockCode } from "@/lib/domain/selection/codes";
import { countPlanActions } from "@/lib/services/planning/count-plan-actions";
import { countPlanScopes } from "@/lib/services/planning/count-plan-scopes";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { getStopOfAll } from "@/lib/services/delivery/delivery-stop";
import { countOverlap } from "@/lib/services/planning/foresee-plan";
import { findLoosenedGate } from "@/lib/services/planning/find-loosened-gate";
import { getPlan } from "@/lib/services/planning/get-plan";
import { getPlanApproval } from "@/lib/services/planning/get-plan-approval";
import { getPlanBlast } from "@/lib/services/planning/get-plan-blast";
import { getPlanFit } from "@/lib/services/planning/get-plan-fit";
import { getBesideWithdrawal, getOnItsWay } from "@/lib/services/withheld/on-its-way";

import { orNotFound, readId } from "../../../../or-not-found";
import { planAction } from "../../connectors/actions";
import { applyPlanAction, approvePlanAction } from "../actions";
import { askedSchema, toAddress } from "./asked";
import { ItemsSection } from "./items-section";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Plan" };

const HELD: BlockCode = "held-by-others";
const AGAIN_MS = 5_000;
const SENDING_OFF = "Sending is switched off: nothing of it leaves before that is switched on again.";

/** What would change at a destination and why each other candidate stays out. Nothing is sent before it is applied. */
export default async function PlanPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("push.read", slug);
  const plan = await orNotFound(getPlan(actor, readId(id)));
  if (plan.teamId !== team.id) notFound();
  const connector = await orNotFound(getConnector(actor, plan.connectorId));
  const base = `/t/${team.slug}`;
  const connectorHref = `${base}/connectors/${connector.id}`;
  const planHref = (planId: string | null): string | null =>
    planId === null ? null : `${base}/plans/${planId}`;
  const head = {
    title: `Plan for ${connector.name}`,
    crumbs: [
      { label: "Connectors", href: `${base}/connectors` },
      { label: connector.name, href: connectorHref },
    ],
    badges: <PlanStateBadge plan={plan} />,
  };
  if (plan.superseded)
    return (
      <>
        <PageHeader {...head} />
        <SupersededPlan
          connector={connector.name}
          newerHref={planHref(plan.superseded.by)}
          connectorHref={connectorHref}
        />
      </>
    );
  const asked = askedSchema.parse(await searchParams);
  const ofPlan = { teamId: team.id, connectorId: connector.id, planId: plan.id };
  const [fit, approval, blast, overlap, actions, stopOfAll, loosenedGate, onItsWay, besideWithdrawal] =
    await Promise.all([
      getPlanFit(plan),
      getPlanApproval(actor, plan),
      getPlanBlast(plan),
      countOverlap(plan),
      countPlanActions(plan),
      getStopOfAll(),
      plan.state === "draft" ? findLoosenedGate(connector, new Date()) : null,
      plan.state === "draft" ? getOnItsWay(ofPlan) : [],
      plan.state === "draft" ? getBesideWithdrawal(ofPlan) : null,
    ]);
  const besideOthers = describeOverlap(overlap);
  const { add, change, remove } = plan.counts;
  const total = add + change + remove;
  const isDraft = plan.state === "draft";
  const mayApply = can(actor, "push.apply", team.id);
  const mayLeave = connector.enabled || plan.goesWhilePaused;
  const besideCount = sumBeside(besideWithdrawal ?? []);
  // What waits is kept from arriving by it, also where nothing stands that it would take back.
  const doesSomething = total > 0 || takesItsPlace(besideWithdrawal ?? []);
  const canApply = isDraft && doesSomething && mayApply && mayLeave && approval.canApply;
  const scopes = canApply ? await countPlanScopes(plan) : [];
  const allowed = actions.find(({ action }) => action === "Allowed")?.count ?? 0;
  const hasRefused = RETRIED_CODES.some((code) => (plan.blockedByReason[code] ?? 0) > 0);
  const mayRetry = mayApply && connector.enabled && hasRefused;
  const values = { team: team.slug, id: plan.id, hash: plan.hash };
  const ofConnector = { team: team.slug, id: connector.id };
  const newerHref = planHref(plan.newer);
  const isSendingOff = stopOfAll !== null || connector.stop !== null;

  return (
    <>
      <PageHeader
        {...head}
        description={
          <>
            For tenant <span title={connector.tenantId}>{tenantWords(connector)}</span>, made{" "}
            <RelativeTime at={plan.createdAt} />.{isDraft && " Nothing is sent before it is applied."}
          </>
        }
        actions={
          <>
            {plan.push && <LinkButton href={`${base}/pushes/${plan.push.id}`}>The push</LinkButton>}
            {canApply && (
              <ApplyPlan
                connector={connector.name}
                counts={plan.counts}
                actions={actions}
                scopes={scopes}
                allowed={allowed}
                notes={[fit?.warning, isSendingOff && total > 0 && SENDING_OFF, ...besideOthers].filter(
                  (note) => typeof note === "string",
                )}
                instead={sumBeside(besideWithdrawal ?? [], ["waiting"])}
                action={applyPlanAction}
                values={values}
              />
            )}
          </>
        }
      />
      <RefreshWhile
        isOpen={plan.push?.state === "queued" || plan.push?.state === "running"}
        everyMs={AGAIN_MS}
      />
      <div className="space-y-6">
        {plan.state === "stale" && (
          <StalePlan
            because={plan.staleBecause}
            newerHref={newerHref}
            planAnew={
              mayApply
                ? {
                    action: planAction,
                    values: { ...ofConnector, ...howToPlanAnew(plan, connector) },
                  }
                : null
            }
          />
        )}
        <PlanSummary
          counts={plan.counts}
          isDraft={isDraft}
          actions={actions}
          budget={plan.budget}
          besideOthers={besideOthers}
          download={`/api/v1/plans/${plan.id}/download`}
          receipts={`${connectorHref}/receipts`}
        />
        {isDraft && (
          <PlanNotes
            {...{ plan, connector, stopOfAll, allowed, newerHref, connectorHref }}
            placesUntil={placesKeptUntil(plan)}
          />
        )}
        {besideWithdrawal === null ? (
          <OnItsWayNote base={base} ways={onItsWay} />
        ) : (
          <BesideWithdrawalNote base={base} ways={besideWithdrawal} />
        )}
        {loosenedGate && <LoosenedGateNote loosened={loosenedGate} gate={connector.gate} />}
        <PlanApproval approval={approval} mayApprove={mayApply} action={approvePlanAction} values={values} />
        {fit && <PlanFitNote fit={fit} />}
        {blast && <BlastNote blast={blast} statistics={connector.statistics} />}
        {total === 0 && besideCount === 0 && (
          <Callout tone="success" title="Nothing to do." role="note">
            {besideWithdrawal === null
              ? "All that this connector wants there is there, and nothing else of it."
              : "Nothing that this connector sent stands there."}{" "}
            <TextLink href={connectorHref}>Its page</TextLink> says what stands stricter because of others.
          </Callout>
        )}
        {plan.counts.blocked > 0 && (
          <Card>
            <CardHeader
              title="Why candidates stay out"
              actions={
                mayRetry && (
                  <ActionButton action={planAction} values={{ ...ofConnector, retry: "true" }} size="sm">
                    Try these again
                  </ActionButton>
                )
              }
            />
            <CardBody>
              <ReasonLinks
                counts={plan.blockedByReason}
                hrefOf={(code) => toAddress(`${base}/plans/${plan.id}`, { show: "blocked", code })}
                current={asked.show === "blocked" ? asked.code : undefined}
              />
              {Object.hasOwn(plan.blockedByReason, HELD) && (
                <p className="text-muted mt-3 text-sm">
                  Sluice leaves what somebody else put there alone. To take a value over, have their record
                  removed at Microsoft: within the hour it is seen gone, and the next plan sends yours.
                </p>
              )}
            </CardBody>
          </Card>
        )}
        <ItemsSection {...{ actor, base, team, plan, connector, asked, mayApply }} />
      </div>
    </>
  );
}

/** The same kind of plan; where a connector is paused, one that may go. */
const howToPlanAnew = (
  { isWithdrawal }: { isWithdrawal: boolean },
  { enabled }: { enabled: boolean },
): Record<string, string> => {
  if (isWithdrawal) return { withdraw: "true" };
  return enabled ? {} : { removals: "true" };
};
