import { DataTable } from "@/components/data-table/data-table";
import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { Badge } from "@/components/ui/badge";
import { formatNumber } from "@/components/ui/format-number";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

import { HoldEndDialog } from "./hold-end-dialog";
import { LiftHoldDialog } from "./lift-hold-dialog";

type Withheld = {
  id: string;
  subject: string;
  reason: string;
  createdAt: Date;
  createdBy: string;
  until: Date | null;
  liftedAt: Date | null;
  liftedBy: string | null;
  plans: readonly { id: string; connector: string; state: string; remove: number }[];
  /** What is in pushes that have not ended. */
  onItsWay: readonly { pushId: string; connector: string; count: number }[];
};
type Props = {
  team: string;
  rows: readonly Withheld[];
  /** For who may lift them. */
  actions: { lift: FormAction; checkLift: FormAction; plan: FormAction; setEnd: FormAction } | null;
};

const PLAN_WORDS: Readonly<Record<string, string>> = {
  draft: "to review",
  applied: "applied",
  stale: "stale",
};

/** What people hold back, the plans that take it back, and what lifts it. */
export const WithheldTable = ({ team, rows, actions }: Props) => (
  <DataTable
    caption="Held back"
    rows={rows}
    rowKey={({ id }) => id}
    isStacked
    empty={null}
    columns={[
      {
        id: "subject",
        header: "What",
        isRowHeader: true,
        cell: ({ subject, liftedAt }) => (
          <>
            {subject} {liftedAt === null && <Badge tone="warning">Held back</Badge>}
          </>
        ),
      },
      { id: "reason", header: "Reason", cell: ({ reason }) => <span className="text-sm">{reason}</span> },
      {
        id: "plans",
        header: "Taken back",
        cell: ({ plans, onItsWay, liftedAt }) => (
          <ul className="space-y-1 text-sm">
            {plans.map(({ id, connector, state, remove }) => (
              <li key={id}>
                <TextLink href={`/t/${team}/plans/${id}`}>
                  {connector}: {formatNumber(remove)}
                </TextLink>
                , {PLAN_WORDS[state] ?? state}
              </li>
            ))}
            {onItsWay.map(({ pushId, connector, count }) => (
              <li key={pushId}>
                <TextLink href={`/t/${team}/pushes/${pushId}`}>
                  {connector}: {formatNumber(count)} on {count === 1 ? "its" : "their"} way
                </TextLink>
                , not sent, or taken back later
              </li>
            ))}
            {plans.length + onItsWay.length === 0 && (
              <li className="text-muted">
                {liftedAt === null ? "Nothing of it stood anywhere." : "Nothing was taken back."}
              </li>
            )}
          </ul>
        ),
      },
      {
        id: "by",
        header: "By",
        cell: ({ createdBy, createdAt }) => (
          <>
            {createdBy}, <RelativeTime at={createdAt} />
          </>
        ),
      },
      {
        id: "until",
        header: "Until",
        cell: ({ until, liftedAt }) => {
          if (liftedAt !== null) return "–";
          return until === null ? "Somebody lifts it" : <RelativeTime at={until} />;
        },
      },
      {
        id: "lift",
        header: "Lift",
        cell: ({ id, subject, until, liftedAt, liftedBy }) => {
          if (liftedAt !== null)
            return (
              <span className="text-muted text-sm">
                {liftedBy}, <RelativeTime at={liftedAt} />
              </span>
            );
          return (
            actions && (
              <div className="flex flex-wrap gap-2">
                <LiftHoldDialog
                  team={team}
                  hold={{ id, subject }}
                  action={actions.lift}
                  checkAction={actions.checkLift}
                />
                <ActionButton action={actions.plan} values={{ team, withheldId: id }} size="sm">
                  Plan again
                </ActionButton>
                <HoldEndDialog team={team} hold={{ id, subject, until }} action={actions.setEnd} />
              </div>
            )
          );
        },
      },
    ]}
  />
);
