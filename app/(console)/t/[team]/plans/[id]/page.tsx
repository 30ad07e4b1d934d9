import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";

import { BlastNote } from "@/components/connectors/blast-note";
import { PlanStateBadge } from "@/components/connectors/delivery-state-badges";
import { PlanApproval } from "@/components/connectors/plan-approval";
import { PlanCountsLine } from "@/components/connectors/plan-counts";
import { PlanFitNote } from "@/components/connectors/plan-fit";
import { isDoubted, PlanItemTable } from "@/components/connectors/plan-item-table";
import { SupersededPlan } from "@/components/connectors/superseded-plan";
import { ReasonLinks } from "@/components/connectors/reason-links";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { ActionButton } from "@/components/forms/action-button";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { describeOverlap } from "@/lib/domain/delivery/plan-overlap";
import { codeLabel, type BlockCode } from "@/lib/domain/selection/codes";
import { describePlanBudget } from "@/lib/domain/selection/cut";
import { countPlanActions } from "@/lib/services/planning/count-plan-actions";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { countOverlap } from "@/lib/services/planning/foresee-plan";
import { getPlan } from "@/lib/services/planning/get-plan";
import { getPlanApproval } from "@/lib/services/planning/get-plan-approval";
import { getPlanBlast } from "@/lib/services/planning/get-plan-blast";
import { getPlanFit } from "@/lib/services/planning/get-plan-fit";
import { ITEM_SORTS, listPlanItems } from "@/lib/services/planning/list-plan-items";

import { orNotFound, readId } from "../../../../or-not-found";
import { letThroughAction, planAction } from "../../connectors/actions";
import { applyPlanAction, approvePlanAction } from "../actions";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Plan" };

const OPERATIONS = ["add", "change", "remove", "blocked"] as const;
const OPERATION_LABELS = {
  add: "To add",
  change: "To change",
  remove: "To remove",
  blocked: "Stay out",
} as const;
const paramsSchema = z.object({
  show: z.enum(OPERATIONS).optional().catch(undefined),
  code: z.string().max(50).optional().catch(undefined),
  // A place among what most devices saw begins with their number.
  cursor: z
    .string()
    .regex(/^(?:(?:-1|\d{1,10})\.)?\d{1,18}$/)
    .optional()
    .catch(undefined),
  sort: z.enum(ITEM_SORTS).catch("row"),
});
const PAGE_SIZE = 50;
const HELD: BlockCode = "held-by-others";

/** What would change at a destination and why each other candidate stays out. Nothing is sent before it is applied. */
export default async function PlanPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("push.read", slug);
  const plan = await orNotFound(getPlan(actor, readId(id)));
  if (plan.teamId !== team.id) notFound();
  const connector = await orNotFound(getConnector(actor, plan.connectorId));
  const crumbs = [
    { label: "Connectors", href: `/t/${team.slug}/connectors` },
    { label: connector.name, href: `/t/${team.slug}/connectors/${connector.id}` },
  ];
  if (plan.superseded) {
    const { by } = plan.superseded;
    return (
      <>
        <PageHeader
          title={`Plan for ${connector.name}`}
          crumbs={crumbs}
          badges={<PlanStateBadge state={plan.state} />}
        />
        <SupersededPlan
          connector={connector.name}
          newerHref={by === null ? null : `/t/${team.slug}/plans/${by}`}
          connectorHref={`/t/${team.slug}/connectors/${connector.id}`}
        />
      </>
    );
  }
  const { show, code, cursor: place, sort } = paramsSchema.parse(await searchParams);
  const cursor = place?.includes(".") === (sort === "devices") ? place : undefined;
  const operation = show ?? OPERATIONS.find((name) => plan.counts[name] > 0) ?? "add";
  const [{ items, next }, fit, approval, blast, overlap, actions] = await Promise.all([
    listPlanItems(
      { id: plan.id, teamId: team.id },
      { operation, code, sort, limit: PAGE_SIZE, after: cursor ?? null },
    ),
    getPlanFit(plan),
    getPlanApproval(actor, plan),
    getPlanBlast(plan),
    countOverlap(plan),
    countPlanActions(plan),
  ]);
  const besideOthers = describeOverlap(overlap);
  const path = `/t/${team.slug}/plans/${plan.id}`;
  const download = `/api/v1/plans/${plan.id}/download`;
  const reasons = operation === "blocked" ? plan.blockedByReason : (plan.changesByReason[operation] ?? {});
  const shown = code === undefined ? plan.counts[operation] : (reasons[code] ?? 0);
  const listAt = (name: string, wanted?: string, by: string = sort): string =>
    `${path}?show=${name}${wanted === undefined ? "" : `&code=${encodeURIComponent(wanted)}`}${by === "row" ? "" : `&sort=${by}`}`;
  const hasBlast = items.some(isDoubted);
  const { add, change, remove } = plan.counts;
  const total = add + change + remove;
  const mayApply = can(actor, "push.apply", team.id);
  const isApproved = approval.reasons.length === 0 || approval.approvedAt !== null;
  const canApply = plan.state === "draft" && total > 0 && mayApply && isApproved;
  const allowed = actions.find(({ action }) => action === "Allowed")?.count ?? 0;
  const mayRetry = mayApply && connector.enabled && (plan.blockedByReason["refused-before"] ?? 0) > 0;
  const values = { team: team.slug, id: plan.id, hash: plan.hash };

  return (
    <>
      <PageHeader
        title={`Plan for ${connector.name}`}
        description={
          <>
            Made <RelativeTime at={plan.createdAt} />.
            {plan.state === "draft" && " Nothing is sent before it is applied."}
          </>
        }
        crumbs={crumbs}
        badges={<PlanStateBadge state={plan.state} />}
        actions={
          canApply && (
            <ConfirmDialog
              trigger="Apply"
              variant="primary"
              isDangerous={remove > 0 || allowed > 0}
              typedWord={allowed > 0 ? "Allowed" : undefined}
              title={`Apply ${formatCount(total, "change")} to ${connector.name}?`}
              confirmLabel="Apply"
              action={applyPlanAction}
              values={values}
            >
              <p>
                It adds {formatNumber(add)}, changes {formatNumber(change)} and removes {formatNumber(remove)}
                , in batches at Microsoft’s limits. If something of this changed since the plan was made,
                nothing is sent, and a new plan has to be made.
              </p>
              {allowed > 0 && (
                <p>
                  <strong>{formatCount(allowed, "record")} will be Allowed</strong>: Defender stops alerting
                  on them and blocking them.
                </p>
              )}
              {fit?.warning && <p>{fit.warning}</p>}
              {besideOthers.length > 0 && <p>{besideOthers.join(" ")}</p>}
            </ConfirmDialog>
          )
        }
      />
      <div className="space-y-6">
        <Card>
          <CardBody className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
            <PlanCountsLine counts={plan.counts} />
            {actions.length > 0 && (
              <p className="text-sm">
                To stand as{" "}
                {actions.map(({ action, count }) => `${action} ${formatNumber(count)}`).join(", ")}
              </p>
            )}
            <p className="text-muted flex gap-3 text-sm">
              All of it:
              <TextLink href={`${download}?format=csv`} download>
                CSV
              </TextLink>
              <TextLink href={`${download}?format=json`} download>
                JSON
              </TextLink>
            </p>
            {plan.budget && (plan.budget.chosen < plan.budget.wanted || plan.budget.fromNetworks) && (
              <p className="basis-full text-sm">{describePlanBudget(plan.budget)}.</p>
            )}
            {besideOthers.length > 0 && (
              <p className="basis-full text-sm">
                {besideOthers.join(" ")} <span className="text-muted">As the records stand now.</span>
              </p>
            )}
          </CardBody>
        </Card>
        {allowed > 0 && plan.state === "draft" && (
          <Callout tone="danger" title={`${formatCount(allowed, "record")} will be Allowed.`} role="note">
            Defender stops alerting on them and blocking them, whatever it finds out itself.
          </Callout>
        )}
        {plan.isPartial && plan.state === "draft" && (
          <Callout tone="info" title="It takes back these and nothing else." role="note">
            Applied, it goes before all other pushes.
          </Callout>
        )}
        {plan.unreadBecause !== null && plan.state === "draft" && (
          <Callout tone="warning" title="What others hold there is not known." role="note">
            The tenant could not be read within a day. {plan.unreadBecause} It is read before anything is
            sent, and what others hold is then left out.
          </Callout>
        )}
        {plan.waitsBecause !== null && plan.state === "draft" && (
          <Callout tone="warning" title="It waits for a person." role="note">
            It is more than {connector.name} applies by itself. {plan.waitsBecause} The next plan within the
            limits goes on by itself.
          </Callout>
        )}
        <PlanApproval approval={approval} mayApprove={mayApply} action={approvePlanAction} values={values} />
        {fit && <PlanFitNote fit={fit} />}
        {blast && <BlastNote blast={blast} statistics={connector.statistics} />}
        {total === 0 && (
          <Callout tone="success" title="Nothing to do." role="note">
            All that this connector wants there is there, and nothing else of it.{" "}
            <TextLink href={`/t/${team.slug}/connectors/${connector.id}`}>Its page</TextLink> says what stands
            stricter because of others.
          </Callout>
        )}
        {plan.counts.blocked > 0 && (
          <Card>
            <CardHeader
              title="Why candidates stay out"
              actions={
                mayRetry && (
                  <ActionButton
                    action={planAction}
                    values={{ team: team.slug, id: connector.id, retry: "true" }}
                    size="sm"
                  >
                    Try the refused again
                  </ActionButton>
                )
              }
            />
            <CardBody>
              <ReasonLinks
                counts={plan.blockedByReason}
                hrefOf={(one) => listAt("blocked", one)}
                current={operation === "blocked" ? code : undefined}
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
        <div>
          <LinkTabs
            label="Items"
            tabs={OPERATIONS.map((name) => ({
              href: listAt(name),
              label: OPERATION_LABELS[name],
              count: plan.counts[name],
              isCurrent: name === operation,
            }))}
          />
          {operation !== "blocked" && Object.keys(reasons).length > 0 && (
            <Card className="mt-3">
              <CardHeader title="Why" />
              <CardBody>
                <ReasonLinks counts={reasons} hrefOf={(one) => listAt(operation, one)} current={code} />
              </CardBody>
            </Card>
          )}
          {code !== undefined && (
            <p className="mt-3 text-sm">
              Only “{codeLabel(code)}”. <TextLink href={listAt(operation)}>Show all</TextLink>
            </p>
          )}
          {hasBlast && (
            <p className="mt-3 text-sm">
              {sort === "devices" ? "What most devices use comes first. " : null}
              <TextLink href={listAt(operation, code, sort === "devices" ? "row" : "devices")}>
                {sort === "devices" ? "In the plan’s order" : "What most devices use first"}
              </TextLink>
            </p>
          )}
          {operation === "blocked" && !plan.listsBlocked && (
            <Callout tone="info" title="What stayed out is not listed any more." role="note" className="mt-3">
              It was left out when this plan was applied. The connector’s newest plan says what stays out now.
            </Callout>
          )}
          <Card className="mt-3">
            <PlanItemTable
              caption={
                code === undefined
                  ? OPERATION_LABELS[operation]
                  : `${OPERATION_LABELS[operation]}: ${codeLabel(code)}`
              }
              items={items}
              base={`/t/${team.slug}`}
              letThrough={
                mayApply && plan.state === "draft"
                  ? { action: letThroughAction, values: { team: team.slug, id: plan.connectorId } }
                  : null
              }
            />
          </Card>
          <CursorPagination
            summary={`${formatNumber(items.length)} of ${formatNumber(shown)} on this page`}
            firstHref={cursor === undefined ? undefined : listAt(operation, code)}
            nextHref={
              next === null ? undefined : `${listAt(operation, code)}&cursor=${encodeURIComponent(next)}`
            }
          />
        </div>
      </div>
    </>
  );
}
