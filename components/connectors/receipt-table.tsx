import { DataTable } from "@/components/data-table/data-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { CardBody } from "@/components/ui/card";
import { formatDuration } from "@/components/ui/format-time";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { defang } from "@/lib/domain/indicator/defang";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { ReceiptStateBadge } from "./delivery-state-badges";
import { RemoteId } from "./remote-id";

type Receipt = {
  indicatorId: string;
  type: IndicatorType;
  value: string;
  state: Parameters<typeof ReceiptStateBadge>[0]["state"];
  remoteId: string | null;
  acceptedAt: Date | null;
  visibleAfterSeconds: number | null;
  expiresAt: Date | null;
  reason: string | null;
  standing: { sentence: string } | null;
};

/** What a destination answered for each indicator, the latest first. */
export const ReceiptTable = ({
  base,
  receipts,
  empty = "Nothing was sent yet.",
}: {
  base: string;
  receipts: readonly Receipt[];
  empty?: string;
}) => (
  <DataTable
    caption="Receipts"
    rows={receipts}
    rowKey={({ indicatorId }) => indicatorId}
    empty={<CardBody className="text-muted text-sm">{empty}</CardBody>}
    isStacked
    columns={[
      {
        id: "value",
        header: "Indicator",
        isRowHeader: true,
        cell: ({ type, value }) => <IndicatorValue type={type} live={value} defanged={defang(type, value)} />,
      },
      {
        id: "state",
        header: "State",
        className: "min-w-32",
        cell: ({ state, standing }) => (
          <>
            <ReceiptStateBadge state={state} isPlain />
            {standing !== null && standing.sentence !== "" && (
              <span className="text-warning mt-0.5 block text-xs">{standing.sentence}</span>
            )}
          </>
        ),
      },
      {
        id: "remote",
        header: "Remote id",
        cell: ({ remoteId }) => <RemoteId id={remoteId} />,
      },
      {
        id: "accepted",
        header: OUTCOME_WORDS.accepted,
        cell: ({ acceptedAt }) => <RelativeTime at={acceptedAt} />,
      },
      {
        id: "seen",
        header: `${OUTCOME_WORDS.visible} after`,
        cell: ({ visibleAfterSeconds: seconds }) =>
          seconds === null ? "–" : formatDuration(seconds * 1_000),
      },
      {
        id: "expires",
        header: "Expires",
        cell: ({ expiresAt }) => <RelativeTime at={expiresAt} noneLabel="–" />,
      },
      {
        id: "reason",
        header: "Why",
        cell: ({ reason }) =>
          reason === null ? <None label="nothing" /> : <span className="text-muted text-xs">{reason}</span>,
      },
      {
        id: "trace",
        header: "Trace",
        cell: ({ indicatorId }) => <TextLink href={`${base}/indicators/${indicatorId}`}>Trace</TextLink>,
      },
    ]}
  />
);
