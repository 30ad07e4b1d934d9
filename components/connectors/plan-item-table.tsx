import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import type { FormAction } from "@/components/forms/form-action";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { PersonName } from "@/components/people/person-name";
import { CardBody } from "@/components/ui/card";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { actionWords } from "@/lib/domain/connector/actions";
import { whereItHolds } from "@/lib/domain/connector/where-it-holds";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { isGateCode } from "@/lib/domain/selection/codes";
import { isBlocking } from "@/lib/domain/selection/gate";

import { BlastWords, sayPrevalence } from "./blast-words";
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
  severity: string | null;
  expiresAt: Date | null;
  /** How it stands there now. */
  before: { action: string; severity: string; expiresAt: Date } | null;
  devices: number | null;
  near: string | null;
  dispute: string | null;
  /** Who let it through the gate since the plan was made. */
  letThrough: { by: string; at: Date; reason: string } | null;
};
type Props = {
  caption: string;
  items: readonly Item[];
  /** Address of the team. */
  base: string;
  /** Sentinel's records carry no action. */
  hasActions: boolean;
  empty: string;
  /** Lets a value through the gate; null for who may not, or where the plan is past. */
  letThrough: Letting | null;
};

type Letting = {
  action: FormAction;
  values: Readonly<Record<string, string>>;
  /** Of its connector: where what is let through is blocked. */
  treatment: Parameters<typeof whereItHolds>[1];
};

/** Whether it is to be blocked, or would be but for the gate. */
export const isDoubted = ({ action, code }: Pick<Item, "action" | "code">): boolean =>
  isBlocking(action) || isGateCode(code);

/** What a plan does to each indicator and why, with what blocking it would hit. */
export const PlanItemTable = ({ caption, items, base, hasActions, empty, letThrough }: Props) => (
  <DataTable
    caption={caption}
    rows={items}
    rowKey={({ indicatorId }) => indicatorId}
    empty={<CardBody className="text-muted text-sm">{empty}</CardBody>}
    isStacked
    columns={columnsOf(base, letThrough).filter(({ id }) => hasActions || id !== "action")}
  />
);

const columnsOf = (base: string, letThrough: Props["letThrough"]): Column<Item>[] => [
  {
    id: "value",
    header: "Indicator",
    isRowHeader: true,
    cell: ({ type, value }) => <IndicatorValue type={type} live={value} defanged={defang(type, value)} />,
  },
  { id: "action", header: "Action", className: "min-w-28", cell: (item) => <ItemAction {...item} /> },
  {
    id: "reason",
    header: "Why",
    className: "min-w-60",
    cell: (item) => (
      <div className="space-y-1 text-sm wrap-anywhere md:py-1">
        <p>{item.reason}</p>
        {item.standing !== null && item.standing.sentence !== "" && (
          <p className="text-warning">{item.standing.sentence}</p>
        )}
        {isDoubted(item) && <BlastWords {...item} />}
        {item.letThrough !== null && (
          <p>
            Let through by <PersonName of={item.letThrough.by} /> <RelativeTime at={item.letThrough.at} />: “
            {item.letThrough.reason}” The next plan blocks it.
          </p>
        )}
        {letThrough !== null && item.letThrough === null && isGateCode(item.code) && (
          <LetThrough
            what={defang(item.type, item.value)}
            seen={sayPrevalence(item)}
            where={whereItHolds(item.type, letThrough.treatment)}
            action={letThrough.action}
            values={{ ...letThrough.values, indicatorId: item.indicatorId }}
          />
        )}
      </div>
    ),
  },
  {
    id: "expires",
    header: "Expires",
    cell: ({ expiresAt, before }) => <RelativeTime at={expiresAt ?? before?.expiresAt} noneLabel="no end" />,
  },
  {
    id: "trace",
    header: "Trace",
    cell: ({ indicatorId }) => <TextLink href={`${base}/indicators/${indicatorId}`}>Trace</TextLink>,
  },
];

const words = ({ action, severity }: { action: string; severity: string | null }): string =>
  severity === null ? actionWords(action) : `${actionWords(action)}, ${severity}`;

/** How it is to stand, with how it stands where that is another way; of what is removed, what goes. */
const ItemAction = ({ action, severity, before }: Item) => {
  const now = before && words(before);
  if (action === null) return now === null ? <None /> : <Lines first={now} second="stands so now" />;
  const wanted = words({ action, severity });
  return <Lines first={wanted} second={now === null || now === wanted ? null : `now ${now}`} />;
};

const Lines = ({ first, second }: { first: string; second: string | null }) => (
  <>
    {first}
    {second !== null && <span className="text-muted block text-xs">{second}</span>}
  </>
);
