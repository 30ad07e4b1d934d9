import { DataTable } from "@/components/data-table/data-table";
import type { FormAction } from "@/components/forms/form-action";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { CardBody } from "@/components/ui/card";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { actionWords } from "@/lib/domain/connector/actions";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { isGateCode } from "@/lib/domain/selection/codes";
import { isBlocking } from "@/lib/domain/selection/gate";

import { BlastWords } from "./blast-words";
import { LetThrough } from "./let-through";

type Item = {
  indicatorId: string;
  /** What will stand there beside others; null where nobody else has it. */
  standing: { sentence: string } | null;
  type: IndicatorType;
  value: string;
  code: string;
  reason: string;
  action: string | null;
  expiresAt: Date | null;
  devices: number | null;
  near: string | null;
  dispute: string | null;
};
type Props = {
  caption: string;
  items: readonly Item[];
  /** Address of the team. */
  base: string;
  /** Lets a value through the gate; null for who may not, or where the plan is past. */
  letThrough: { action: FormAction; values: Readonly<Record<string, string>> } | null;
};

/** Whether it is to be blocked, or would be but for the gate. */
export const isDoubted = ({ action, code }: Pick<Item, "action" | "code">): boolean =>
  isBlocking(action) || isGateCode(code);

/** What a plan does to each indicator and why, with what blocking it would hit. */
export const PlanItemTable = ({ caption, items, base, letThrough }: Props) => (
  <DataTable
    caption={caption}
    rows={items}
    rowKey={({ indicatorId }) => indicatorId}
    empty={<CardBody className="text-muted text-sm">None.</CardBody>}
    columns={[
      {
        id: "value",
        header: "Indicator",
        isRowHeader: true,
        cell: ({ type, value }) => <IndicatorValue type={type} live={value} defanged={defang(type, value)} />,
      },
      {
        id: "reason",
        header: "Why",
        className: "min-w-60",
        cell: (item) => (
          <div className="space-y-1 py-1 text-sm wrap-anywhere">
            <p>{item.reason}</p>
            {item.standing !== null && item.standing.sentence !== "" && (
              <p className="text-warning">{item.standing.sentence}</p>
            )}
            {isDoubted(item) && <BlastWords {...item} />}
            {letThrough !== null && isGateCode(item.code) && (
              <LetThrough
                what={defang(item.type, item.value)}
                action={letThrough.action}
                values={{ ...letThrough.values, indicatorId: item.indicatorId }}
              />
            )}
          </div>
        ),
      },
      {
        id: "action",
        header: "Action",
        isWideOnly: true,
        cell: ({ action }) => (action === null ? "–" : actionWords(action)),
      },
      {
        id: "expires",
        header: "Expires",
        isWideOnly: true,
        cell: ({ expiresAt }) => <RelativeTime at={expiresAt} noneLabel="–" />,
      },
      {
        id: "trace",
        header: "Trace",
        cell: ({ indicatorId }) => <TextLink href={`${base}/indicators/${indicatorId}`}>Trace</TextLink>,
      },
    ]}
  />
);
