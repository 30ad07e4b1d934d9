import { Plug } from "lucide-react";

import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { None } from "@/components/ui/key-value";
import { lowerFirst } from "@/components/ui/lower-first";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { Tone } from "@/components/ui/tone";
import { actionWords } from "@/lib/domain/connector/actions";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import {
  INDICATOR_TYPE_LABELS,
  TLP_LABELS,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";
import { BLOCK_LABELS, isBlockCode } from "@/lib/domain/selection/codes";

import { ConnectorCell } from "./connector-cell";

type Outcome = "add" | "change" | "remove" | "blocked" | "kept" | "unnamed";
export type ShownDecision = {
  connectorId: string;
  connector: string;
  isEnabled: boolean;
  policy: {
    feeds: readonly string[] | null;
    types: readonly IndicatorType[] | null;
    minConfidence: number;
    maxTlp: Tlp;
  };
  policyNow: { action: string | null; severity: string | null; by: string } | null;
  kind: string;
  plan: { id: string; at: Date; state: string } | null;
  outcome: Outcome | null;
  code: string | null;
  reason: string | null;
  push: { id: string; operation: string; state: string; reason: string | null; at: Date | null } | null;
};

type Props = { team: string; decisions: readonly ShownDecision[] };

/** What each connector decided about a value: its newest plan's word with the reason, its policy, and what was last sent. */
export const DecisionTable = ({ team, decisions }: Props) => (
  <DataTable
    caption="Decisions"
    columns={columnsOf(team)}
    rows={decisions}
    rowKey={({ connectorId }) => connectorId}
    empty={
      <EmptyState icon={Plug} title="No connector">
        Your team sends nothing anywhere yet. A connector to Defender or Sentinel plans what would go, and why
        the rest stays.
      </EmptyState>
    }
  />
);

const columnsOf = (team: string): Column<ShownDecision>[] => [
  {
    id: "connector",
    header: "Connector",
    isRowHeader: true,
    className: "max-w-56 min-w-36",
    cell: ({ connectorId, connector, isEnabled }) => (
      <ConnectorCell
        {...{ team, id: connectorId, name: connector }}
        below={isEnabled ? null : "switched off"}
      />
    ),
  },
  {
    id: "outcome",
    header: "Newest plan",
    className: "min-w-56 max-w-96",
    cell: (decision) => <Word team={team} {...decision} />,
  },
  {
    id: "policy",
    header: "Policy now",
    className: "min-w-44 max-w-72",
    cell: (decision) => <PolicyNow {...decision} />,
  },
  {
    id: "push",
    header: "Last request",
    className: "min-w-36 max-w-64",
    cell: ({ push }) =>
      push === null ? (
        <None label="none" />
      ) : (
        <>
          <TextLink href={`/t/${team}/pushes/${push.id}`}>
            {OPERATIONS[push.operation] ?? push.operation}: {lowerFirst(PUSH_WORDS[push.state] ?? push.state)}
          </TextLink>
          {push.reason !== null && <span className="text-muted block text-xs">{push.reason}</span>}
          <span className="text-muted block text-xs">
            <RelativeTime at={push.at} noneLabel="not sent yet" />
          </span>
        </>
      ),
  },
];

const Word = ({ team, plan, outcome, code, reason }: ShownDecision & { team: string }) => {
  if (plan === null || outcome === null)
    return <span className="text-muted">No plan yet: nothing has been decided.</span>;
  const { word, tone } =
    plan.state === "applied" ? (WHEN_APPLIED[outcome] ?? OUTCOMES[outcome]) : OUTCOMES[outcome];
  return (
    <>
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{word}</Badge>
        {code !== null && isBlockCode(code) && <span className="font-medium">{BLOCK_LABELS[code]}</span>}
      </span>
      <span className="mt-1 block">{reason ?? WITHOUT_REASON[outcome] ?? ""}</span>
      <span className="text-muted block text-xs">
        <TextLink href={`/t/${team}/plans/${plan.id}`}>
          {plan.state === "applied" ? "Plan, applied" : "Plan"}
        </TextLink>{" "}
        of <RelativeTime at={plan.at} />
      </span>
    </>
  );
};

const PolicyNow = ({ kind, policy, policyNow }: ShownDecision) => (
  <>
    {policyNow !== null && (
      <span className="block text-sm">
        {policyNow.action === null ? (
          <>Stays out: {policyNow.by}</>
        ) : (
          <>
            <span className="font-medium">
              {kind === "defender" ? `${actionWords(policyNow.action)}, ${policyNow.severity ?? ""}` : "Sent"}
            </span>
            <span className="mt-0.5 block">{policyNow.by}</span>
          </>
        )}
      </span>
    )}
    <span className="text-muted mt-1 block text-xs">{describePolicy(policy)}</span>
  </>
);

const OUTCOMES: Readonly<Record<Outcome, { word: string; tone: Tone }>> = {
  add: { word: "To be added", tone: "info" },
  change: { word: "To be changed", tone: "info" },
  remove: { word: "To be removed", tone: "warning" },
  blocked: { word: "Stays out", tone: "neutral" },
  kept: { word: "Stays as it is there", tone: "success" },
  unnamed: { word: "Not in this plan", tone: "neutral" },
};

// What became of it since stands beside it, as the last request.
const WHEN_APPLIED: Readonly<Partial<Record<Outcome, { word: string; tone: Tone }>>> = {
  add: { word: "Was to be added", tone: "neutral" },
  change: { word: "Was to be changed", tone: "neutral" },
  remove: { word: "Was to be removed", tone: "neutral" },
};

const WITHOUT_REASON: Readonly<Partial<Record<Outcome, string>>> = {
  kept: "The connector wants it there, and nothing of its own is to be changed.",
  unnamed: "The plan does not name it: it came or changed after the plan was made.",
};

const OPERATIONS: Readonly<Record<string, string>> = { add: "Add", change: "Change", remove: "Remove" };
const PUSH_WORDS: Readonly<Record<string, string>> = OUTCOME_WORDS;

const describePolicy = ({ feeds, types, minConfidence, maxTlp }: ShownDecision["policy"]): string =>
  [
    feeds === null ? "all feeds" : feeds.length === 1 ? "one feed" : `${String(feeds.length)} feeds`,
    types === null ? "all types" : types.map((type) => INDICATOR_TYPE_LABELS[type]).join(", "),
    minConfidence > 0 ? `confidence from ${String(minConfidence)}` : "any confidence",
    `up to ${TLP_LABELS[maxTlp]}`,
  ].join(" · ");
