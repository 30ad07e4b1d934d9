import { Card, CardBody } from "@/components/ui/card";
import { formatNumber } from "@/components/ui/format-number";
import { TextLink } from "@/components/ui/text-link";
import { actionWords } from "@/lib/domain/connector/actions";
import { describePlanBudget, type PlanBudget } from "@/lib/domain/selection/cut";

import { RECEIPT_LOOKS } from "./delivery-state-badges";
import { PlanCountsLine, type PlanCounts } from "./plan-counts";

type Props = {
  counts: PlanCounts;
  /** What stays by it stands there; by one that was applied, or not taken, it stood there then. */
  isDraft: boolean;
  /** How many are to stand with which action. */
  actions: readonly { action: string; count: number }[];
  budget: PlanBudget | null;
  /** What it means for others, in sentences. */
  besideOthers: readonly string[];
  /** Address of all that it lists, as a file. */
  download: string;
  /** Address of the connector's receipts, among which is what it leaves as it is. */
  receipts: string;
};

/** A plan in figures: what it does, how it is to stand, what has a place, what others have to do with it. */
export const PlanSummary = ({
  counts,
  isDraft,
  actions,
  budget,
  besideOthers,
  download,
  receipts,
}: Props) => (
  <Card>
    <CardBody className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
      <PlanCountsLine counts={counts} />
      {actions.length > 0 && (
        <p className="text-sm">
          To stand as{" "}
          {actions.map(({ action, count }) => `${actionWords(action)} ${formatNumber(count)}`).join(", ")}
        </p>
      )}
      <p className="text-muted flex flex-wrap gap-x-3 text-sm">
        All that is added, changed, removed or stays out:
        <TextLink href={`${download}?format=csv`} download>
          CSV
        </TextLink>
        <TextLink href={`${download}?format=json`} download>
          JSON
        </TextLink>
      </p>
      {counts.keep > 0 && (
        <p className="text-muted flex basis-full flex-wrap gap-x-3 text-sm">
          {isDraft ? STANDS : STOOD}
          {STANDING.map((state) => (
            <TextLink key={state} href={`${receipts}?state=${state}`}>
              {RECEIPT_LOOKS[state].word}
            </TextLink>
          ))}
        </p>
      )}
      {budget && (budget.chosen < budget.wanted || budget.fromNetworks) && (
        <p className="basis-full text-sm">{describePlanBudget(budget)}.</p>
      )}
      {besideOthers.length > 0 && (
        <p className="basis-full text-sm">
          {besideOthers.join(" ")} <span className="text-muted">As the records stand now.</span>
        </p>
      )}
    </CardBody>
  </Card>
);

const STANDS = "What stays as it is stands there now, and is listed, and downloaded, among the receipts:";
const STOOD = "What was to stay stood there then, and is not listed here. The receipts tell what stands now:";

/** States of what stands at a destination as it was sent. */
const STANDING = ["visible", "accepted"] as const;
