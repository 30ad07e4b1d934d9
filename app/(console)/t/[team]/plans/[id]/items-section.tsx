import { PlanItemFilters } from "@/components/connectors/plan-item-filters";
import { isDoubted, PlanItemTable } from "@/components/connectors/plan-item-table";
import { ReasonLinks } from "@/components/connectors/reason-links";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatNumber } from "@/components/ui/format-number";
import { LinkTabs } from "@/components/ui/link-tabs";
import { TextLink } from "@/components/ui/text-link";
import type { Actor } from "@/lib/domain/access/actor";
import { actionWords } from "@/lib/domain/connector/actions";
import { isNarrowed, ITEM_OPERATIONS } from "@/lib/domain/delivery/plan-item-filter";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import { codeLabel } from "@/lib/domain/selection/codes";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listFeedNames } from "@/lib/services/feeds/list-feed-names";
import { countPlanItems } from "@/lib/services/planning/count-plan-items";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import type { PlanView } from "@/lib/services/planning/plan-view";

import { letThroughAction } from "../../connectors/actions";
import { toAddress, type Asked } from "./asked";

type Props = {
  actor: Actor;
  /** Address of the team. */
  base: string;
  team: { id: string; slug: string };
  plan: PlanView;
  connector: ConnectorView;
  asked: Asked;
  mayApply: boolean;
};

const OPERATION_LABELS = {
  add: "To add",
  change: "To change",
  remove: "To remove",
  blocked: "Stay out",
} as const;
const PAGE_SIZE = 50;
const FEEDS_NAMED = 500;

/** What a plan does to each indicator and why, by operation and narrowed to what is looked for. */
export const ItemsSection = async ({ actor, base, team, plan, connector, asked, mayApply }: Props) => {
  const { code, cursor: place, sort, show, ...wanted } = asked;
  const hasActions = connector.kind === "defender";
  const looked = { ...wanted, action: hasActions ? wanted.action : undefined };
  const cursor = place?.includes(".") === (sort === "devices") ? place : undefined;
  const isFiltered = isNarrowed(looked);
  const found = isFiltered ? await countPlanItems(plan, looked) : null;
  const counts = found ?? plan.counts;
  const operation = show ?? ITEM_OPERATIONS.find((name) => counts[name] > 0) ?? "add";
  const filter = { ...looked, operation, code };
  const [{ items, next }, feeds] = await Promise.all([
    listPlanItems(plan, { ...filter, sort, limit: PAGE_SIZE, after: cursor ?? null }),
    listFeedNames(actor, { teamId: team.id, limit: FEEDS_NAMED }),
  ]);
  const path = `${base}/plans/${plan.id}`;
  const view = { ...looked, show: operation, code, sort: sort === "row" ? undefined : sort };
  const at = (changed: Partial<Record<keyof typeof view | "cursor", string | undefined>>): string =>
    toAddress(path, { ...view, ...changed });
  const download = (format: string): string =>
    toAddress(`/api/v1/plans/${plan.id}/download`, { ...filter, format });
  const reasons = operation === "blocked" ? plan.blockedByReason : (plan.changesByReason[operation] ?? {});
  const ofReason = code === undefined ? counts[operation] : isFiltered ? null : (reasons[code] ?? 0);
  const feedName = feeds.find(({ id }) => id === looked.feed)?.name ?? looked.feed;
  const chips = [
    { param: "q", label: "Value", value: looked.q },
    { param: "type", label: "Type", value: looked.type && INDICATOR_TYPE_LABELS[looked.type] },
    { param: "feed", label: "Feed", value: feedName },
    { param: "action", label: "Action", value: looked.action && actionWords(looked.action) },
    { param: "code", label: "Why", value: code === undefined ? undefined : codeLabel(code) },
  ].flatMap(({ param, label, value }) =>
    value === undefined || value === "" ? [] : [{ label, value, removeHref: at({ [param]: undefined }) }],
  );

  return (
    <div>
      <LinkTabs
        label="Items"
        tabs={ITEM_OPERATIONS.map((name) => ({
          href: at({ show: name, code: undefined }),
          label: OPERATION_LABELS[name],
          count: counts[name],
          isCurrent: name === operation,
        }))}
      />
      {operation !== "blocked" && Object.keys(reasons).length > 0 && (
        <Card className="mt-3">
          <CardHeader
            title="Why"
            description={isFiltered ? "Of the whole plan, whatever the filters below leave." : undefined}
          />
          <CardBody>
            <ReasonLinks counts={reasons} hrefOf={(one) => at({ code: one })} current={code} />
          </CardBody>
        </Card>
      )}
      <PlanItemFilters
        feeds={feeds}
        hasActions={hasActions}
        chips={chips}
        clearHref={toAddress(path, { show: operation })}
      />
      <p className="text-muted mt-3 flex flex-wrap gap-x-3 text-sm">
        This list:
        <TextLink href={download("csv")} download>
          CSV
        </TextLink>
        <TextLink href={download("json")} download>
          JSON
        </TextLink>
        {items.some(isDoubted) && (
          <TextLink href={at({ sort: sort === "devices" ? undefined : "devices" })}>
            {sort === "devices"
              ? "In the plan’s order, instead of what most devices use first"
              : "What most devices use first"}
          </TextLink>
        )}
      </p>
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
          base={base}
          hasActions={hasActions}
          empty={chips.length === 0 ? "None." : "Nothing of this meets the filters."}
          letThrough={
            mayApply && plan.state === "draft"
              ? {
                  action: letThroughAction,
                  values: { team: team.slug, id: plan.connectorId },
                  treatment: connector,
                }
              : null
          }
        />
      </Card>
      <CursorPagination
        summary={`${formatNumber(items.length)}${ofReason === null ? "" : ` of ${formatNumber(ofReason)}`} on this page`}
        firstHref={cursor === undefined ? undefined : at({})}
        nextHref={next === null ? undefined : at({ cursor: next })}
      />
    </div>
  );
};
