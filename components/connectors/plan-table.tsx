import { DataTable } from "@/components/data-table/data-table";
import { CardBody } from "@/components/ui/card";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

import { PlanStateBadge, type ShownPlan } from "./delivery-state-badges";
import { PlanCountsLine } from "./plan-counts";

type Plan = ShownPlan & {
  id: string;
  createdAt: Date;
  counts: Parameters<typeof PlanCountsLine>[0]["counts"];
};

/** A connector's newest plans: when, how far, and what they would change. */
export const PlanTable = ({ base, plans }: { base: string; plans: readonly Plan[] }) => (
  <DataTable
    caption="Plans"
    rows={plans}
    rowKey={(plan) => plan.id}
    empty={<CardBody className="text-muted text-sm">None yet.</CardBody>}
    columns={[
      {
        id: "when",
        header: "Made",
        isRowHeader: true,
        cell: (plan) => (
          <TextLink href={`${base}/plans/${plan.id}`}>
            <RelativeTime at={plan.createdAt} />
          </TextLink>
        ),
      },
      {
        id: "state",
        header: "State",
        cell: (plan) => <PlanStateBadge plan={plan} isPlain />,
      },
      { id: "counts", header: "What", cell: ({ counts }) => <PlanCountsLine counts={counts} /> },
    ]}
  />
);
