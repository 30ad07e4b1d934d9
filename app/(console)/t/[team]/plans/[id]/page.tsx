import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";

import { PlanStateBadge } from "@/components/connectors/delivery-state-badges";
import { PlanCountsLine } from "@/components/connectors/plan-counts";
import { PlanFitNote } from "@/components/connectors/plan-fit";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { DataTable } from "@/components/data-table/data-table";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { defang } from "@/lib/domain/indicator/defang";
import { BLOCK_LABELS, isBlockCode } from "@/lib/domain/selection/codes";
import { describePlanBudget } from "@/lib/domain/selection/cut";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { getPlan } from "@/lib/services/delivery/get-plan";
import { getPlanFit } from "@/lib/services/delivery/get-plan-fit";
import { listPlanItems } from "@/lib/services/delivery/list-plan-items";

import { orNotFound, readId } from "../../../../or-not-found";
import { applyPlanAction } from "../actions";

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
  cursor: z.string().max(200).optional().catch(undefined),
});
const PAGE_SIZE = 50;

/** What would change at a destination and why each other candidate stays out. Nothing is sent before it is applied. */
export default async function PlanPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("push.read", slug);
  const plan = await orNotFound(getPlan(actor, readId(id)));
  if (plan.teamId !== team.id) notFound();
  const connector = await orNotFound(getConnector(actor, plan.connectorId));
  const { show, cursor } = paramsSchema.parse(await searchParams);
  const operation = show ?? OPERATIONS.find((name) => plan.counts[name] > 0) ?? "add";
  const [{ items, next }, fit] = await Promise.all([
    listPlanItems({ id: plan.id, teamId: team.id }, { operation, limit: PAGE_SIZE, after: cursor ?? null }),
    getPlanFit(plan),
  ]);
  const path = `/t/${team.slug}/plans/${plan.id}`;
  const { add, change, remove } = plan.counts;
  const total = add + change + remove;
  const canApply = plan.state === "draft" && total > 0 && can(actor, "push.apply", team.id);

  return (
    <>
      <PageHeader
        title={`Plan for ${connector.name}`}
        description={
          <>
            Made <RelativeTime at={plan.createdAt} />. Nothing is sent before it is applied.
          </>
        }
        crumbs={[
          { label: "Connectors", href: `/t/${team.slug}/connectors` },
          { label: connector.name, href: `/t/${team.slug}/connectors/${connector.id}` },
        ]}
        badges={<PlanStateBadge state={plan.state} />}
        actions={
          canApply && (
            <ConfirmDialog
              trigger="Apply"
              variant="primary"
              isDangerous={remove > 0}
              title={`Apply ${formatCount(total, "change")} to ${connector.name}?`}
              confirmLabel="Apply"
              action={applyPlanAction}
              values={{ team: team.slug, id: plan.id, hash: plan.hash }}
            >
              <p>
                {formatNumber(add)} are added, {formatNumber(change)} changed and {formatNumber(remove)}{" "}
                removed, in batches at Microsoft’s limits. If something of this changed since the plan was
                made, nothing is sent and you see a new plan.
              </p>
              {fit?.warning && <p>{fit.warning}</p>}
            </ConfirmDialog>
          )
        }
      />
      <div className="space-y-6">
        <Card>
          <CardBody>
            <PlanCountsLine counts={plan.counts} />
            {plan.budget && plan.budget.chosen < plan.budget.wanted && (
              <p className="mt-3 text-sm">{describePlanBudget(plan.budget)}.</p>
            )}
          </CardBody>
        </Card>
        {fit && <PlanFitNote fit={fit} />}
        {total === 0 && (
          <Callout tone="success" title="Nothing to do." role="note">
            What the team wants there and what stands there are the same.
          </Callout>
        )}
        {plan.counts.blocked > 0 && (
          <Card>
            <CardHeader title="Why candidates stay out" />
            <CardBody>
              <ul className="space-y-1 text-sm">
                {Object.entries(plan.blockedByReason).map(([code, count]) => (
                  <li key={code} className="flex items-baseline gap-3">
                    <Count value={count} className="w-16 text-right font-semibold" />
                    {isBlockCode(code) ? BLOCK_LABELS[code] : code}
                  </li>
                ))}
              </ul>
            </CardBody>
          </Card>
        )}
        <div>
          <LinkTabs
            label="Items"
            tabs={OPERATIONS.map((name) => ({
              href: `${path}?show=${name}`,
              label: OPERATION_LABELS[name],
              count: plan.counts[name],
              isCurrent: name === operation,
            }))}
          />
          <Card className="mt-3">
            <DataTable
              caption={OPERATION_LABELS[operation]}
              rows={items}
              rowKey={({ indicatorId }) => indicatorId}
              empty={<CardBody className="text-muted text-sm">None.</CardBody>}
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
                  cell: ({ reason }) => <span className="text-sm wrap-anywhere">{reason}</span>,
                },
                { id: "action", header: "Action", isWideOnly: true, cell: ({ action }) => action ?? "–" },
                {
                  id: "expires",
                  header: "Expires",
                  isWideOnly: true,
                  cell: ({ expiresAt }) => <RelativeTime at={expiresAt} noneLabel="–" />,
                },
                {
                  id: "trace",
                  header: "Trace",
                  cell: ({ indicatorId }) => (
                    <TextLink href={`/t/${team.slug}/indicators/${indicatorId}`}>Trace</TextLink>
                  ),
                },
              ]}
            />
          </Card>
          <CursorPagination
            summary={`${formatNumber(items.length)} of ${formatNumber(plan.counts[operation])} on this page`}
            firstHref={cursor === undefined ? undefined : `${path}?show=${operation}`}
            nextHref={
              next === null ? undefined : `${path}?show=${operation}&cursor=${encodeURIComponent(next)}`
            }
          />
        </div>
      </div>
    </>
  );
}
