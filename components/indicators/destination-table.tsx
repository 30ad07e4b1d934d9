import { Send } from "lucide-react";

import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TruncatedText } from "@/components/ui/truncated-text";
import { actionWords } from "@/lib/domain/connector/actions";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import type { IndicatorState } from "@/lib/domain/indicator/lifecycle";

import { ConnectorCell } from "./connector-cell";
import { ReceiptState } from "./destination-list";

export type ShownReceipt = {
  connectorId: string;
  connector: string;
  kind: string;
  state: string;
  remoteId: string | null;
  stixId: string | null;
  sentAt: Date | null;
  acceptedAt: Date | null;
  visibleAt: Date | null;
  goneAt: Date | null;
  expiresAt: Date | null;
  reason: string | null;
  record: {
    stands: Wish | null;
    mine: Wish | null;
    others: readonly (Wish & { who: string })[];
  } | null;
};
type Wish = { action: string; severity: string };

type Props = {
  team: string;
  receipts: readonly ShownReceipt[];
  /** Where it stands by somebody else's hand, and was adopted. */
  adopted?: readonly { connectorId: string }[];
  state: IndicatorState;
};

/** The receipts of a value: what each destination took, under which id, until when, or why not. */
export const DestinationTable = ({ team, receipts, adopted = [], state }: Props) => (
  <DataTable
    caption="Destinations"
    columns={columnsOf(team, new Set(adopted.map(({ connectorId }) => connectorId)))}
    rows={receipts}
    rowKey={({ connectorId }) => connectorId}
    empty={
      <EmptyState icon={Send} title="Not sent anywhere">
        {state === "active"
          ? "No plan with it has been applied yet. The next plan of a connector says whether it would go, or why it stays."
          : "Only an active value is sent."}
      </EmptyState>
    }
  />
);

const columnsOf = (team: string, adopted: ReadonlySet<string>): Column<ShownReceipt>[] => [
  {
    id: "connector",
    header: "Destination",
    isRowHeader: true,
    className: "max-w-56 min-w-36",
    cell: ({ connectorId, connector, kind }) => (
      <ConnectorCell {...{ team, id: connectorId, name: connector }} below={KIND_WORDS[kind] ?? kind} />
    ),
  },
  {
    id: "stands",
    header: "Stands as",
    className: "min-w-40 max-w-72",
    cell: (receipt) => <Stands {...receipt} isAdopted={adopted.has(receipt.connectorId)} />,
  },
  {
    id: "state",
    header: "Receipt",
    className: "min-w-32 max-w-72",
    cell: ({ state, reason }) => (
      <>
        <ReceiptState state={state} />
        {reason !== null && <span className="text-muted mt-0.5 block text-xs">{reason}</span>}
      </>
    ),
  },
  {
    id: "remote",
    header: "Id there",
    className: "max-w-52",
    cell: ({ remoteId, stixId, state }) => {
      const id = remoteId ?? stixId;
      return id === null ? (
        <None />
      ) : (
        <>
          <span className="flex min-w-0 items-center gap-1">
            <TruncatedText text={id} className="font-mono text-xs" />
            <CopyButton text={id} label="Copy the id" />
          </span>
          {state === "gone" && <span className="text-muted block text-xs">until it was removed</span>}
        </>
      );
    },
  },
  {
    id: "sent",
    header: "Sent",
    isWideOnly: true,
    // Where another connector had put the very same there, nothing had to be sent.
    cell: ({ sentAt, acceptedAt }) =>
      sentAt === null && acceptedAt !== null ? (
        <span className="text-muted">It stood there already</span>
      ) : (
        <RelativeTime at={sentAt} noneLabel="not yet" />
      ),
  },
  {
    id: "accepted",
    header: OUTCOME_WORDS.accepted,
    cell: ({ acceptedAt }) => <RelativeTime at={acceptedAt} noneLabel="not yet" />,
  },
  {
    id: "visible",
    header: OUTCOME_WORDS.visible,
    cell: ({ visibleAt }) => <RelativeTime at={visibleAt} noneLabel="not yet" />,
  },
  {
    id: "gone",
    header: OUTCOME_WORDS.gone,
    isWideOnly: true,
    cell: ({ goneAt }) => <RelativeTime at={goneAt} noneLabel="no" />,
  },
  {
    id: "expires",
    header: "Expires there",
    cell: ({ expiresAt }) => <RelativeTime at={expiresAt} noneLabel="no end" />,
  },
];

type StandsProps = Pick<ShownReceipt, "kind" | "record"> & { isAdopted: boolean };

const Stands = ({ kind, record, isAdopted }: StandsProps) => {
  if (!record?.mine || !record.stands)
    return isAdopted ? "As it was adopted; not sent from here yet" : <None label="nothing" />;
  const { stands, mine, others } = record;
  const words = ({ action, severity }: Wish): string => `${actionWords(action)}, ${severity}`;
  // Sentinel's records carry no action: its own rules decide what an alert does.
  if (kind !== "defender")
    return others.length === 0 ? "Wanted by you alone" : `With ${others.map(({ who }) => who).join(", ")}`;
  return (
    <>
      <span className="font-medium">{words(stands)}</span>
      <span className="text-muted mt-0.5 block text-xs">
        {others.length === 0
          ? "Asked for by this connector alone."
          : `Asked for: ${words(mine)} by this connector; ${others.map((one) => `${words(one)} by ${one.who}`).join("; ")}. The strictest stands.`}
      </span>
    </>
  );
};

const KIND_WORDS: Readonly<Record<string, string>> = {
  defender: "Microsoft Defender for Endpoint",
  sentinel: "Microsoft Sentinel",
};
