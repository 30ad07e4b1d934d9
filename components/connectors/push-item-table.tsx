import { CircleCheck, CircleDashed, CircleMinus, CircleX, Clock, LoaderCircle } from "lucide-react";

import { DataTable } from "@/components/data-table/data-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { CardBody } from "@/components/ui/card";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { StateBadge, type StateLook } from "@/components/ui/state-badge";
import { TextLink } from "@/components/ui/text-link";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import type { PushItemState } from "@/lib/domain/delivery/push-items";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { ReceiptStateBadge, type ShownReceiptState } from "./delivery-state-badges";
import { RemoteId } from "./remote-id";

type Item = {
  indicatorId: string;
  type: IndicatorType;
  value: string;
  operation: "add" | "change" | "remove";
  state: PushItemState;
  reason: string | null;
  finishedAt: Date | null;
  receiptState: ShownReceiptState | null;
  /** No later push held the value. */
  isNewest: boolean;
  remoteId: string | null;
};

/** What became of each item of a push, and what its receipt says now. */
export const PushItemTable = ({ base, items }: { base: string; items: readonly Item[] }) => (
  <DataTable
    caption="Receipts"
    rows={items}
    rowKey={({ indicatorId }) => indicatorId}
    empty={<CardBody className="text-muted text-sm">None.</CardBody>}
    isStacked
    columns={[
      {
        id: "value",
        header: "Indicator",
        isRowHeader: true,
        cell: ({ type, value }) => <IndicatorValue type={type} live={value} defanged={defang(type, value)} />,
      },
      { id: "operation", header: "To do", cell: ({ operation }) => OPERATIONS[operation] },
      {
        id: "state",
        header: "Outcome",
        className: "min-w-40",
        cell: ({ state, reason }) => (
          <>
            <StateBadge look={LOOKS[state]} isPlain />
            {reason !== null && reason !== "" && (
              <span className="text-muted mt-0.5 block text-xs wrap-anywhere">{reason}</span>
            )}
          </>
        ),
      },
      {
        id: "finished",
        header: "Answered",
        cell: ({ finishedAt }) => <RelativeTime at={finishedAt} noneLabel="not yet" />,
      },
      {
        id: "receipt",
        header: "Receipt now",
        cell: ({ receiptState, isNewest }) =>
          receiptState === null ? (
            <None />
          ) : (
            <>
              <ReceiptStateBadge state={receiptState} isPlain />
              {!isNewest && <span className="text-muted block text-xs">by a later push</span>}
            </>
          ),
      },
      {
        id: "remote",
        header: "Remote id",
        cell: ({ remoteId }) => <RemoteId id={remoteId} />,
      },
      {
        id: "trace",
        header: "Trace",
        cell: ({ indicatorId }) => <TextLink href={`${base}/indicators/${indicatorId}`}>Trace</TextLink>,
      },
    ]}
  />
);

const OPERATIONS = { add: "Add", change: "Change", remove: "Remove" } as const;

const LOOKS: Readonly<Record<PushItemState, StateLook>> = {
  pending: { word: OUTCOME_WORDS.pending, icon: Clock, tone: "neutral", hint: "Not sent yet." },
  sending: {
    word: OUTCOME_WORDS.sending,
    icon: LoaderCircle,
    tone: "info",
    hint: "Sent, not answered yet.",
  },
  accepted: {
    word: OUTCOME_WORDS.accepted,
    icon: CircleCheck,
    tone: "success",
    hint: "The destination took it.",
  },
  removed: {
    word: OUTCOME_WORDS.removed,
    icon: CircleMinus,
    tone: "success",
    hint: "Its removal was accepted; its receipt says whether it was seen to be gone.",
  },
  failed: {
    word: OUTCOME_WORDS.failed,
    icon: CircleX,
    tone: "danger",
    hint: "The destination did not carry it out.",
  },
  skipped: { word: OUTCOME_WORDS.skipped, icon: CircleDashed, tone: "neutral", hint: "Not sent after all." },
};
