import {
  ReceiptStateBadge,
  RECEIPT_LOOKS,
  type ShownReceiptState,
} from "@/components/connectors/delivery-state-badges";
import { Badge } from "@/components/ui/badge";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { None } from "@/components/ui/key-value";

export type ShownDestination = {
  connectorId: string;
  connector: string;
  state: string;
  /** Of a network that goes there as its addresses. */
  addresses: { of: number; standing: number } | null;
};

/** Where an indicator went, each with the state of its receipt. */
export const DestinationList = ({ destinations }: { destinations: readonly ShownDestination[] }) =>
  destinations.length === 0 ? (
    <None label="not sent anywhere" />
  ) : (
    <ul className="space-y-0.5">
      {destinations.map(({ connectorId, connector, state, addresses }) => (
        <li key={connectorId} className="flex items-center gap-2 text-xs whitespace-nowrap">
          <span className="text-muted max-w-32 truncate" title={connector}>
            {connector}
          </span>
          {addresses !== null && (
            <span className="tabular-nums">
              {formatNumber(addresses.standing)} of {formatCount(addresses.of, "address", "addresses")}
            </span>
          )}
          <ReceiptState state={state} />
        </li>
      ))}
    </ul>
  );

/** The state of a receipt as the database names it; one that is new here is shown as it is. */
export const ReceiptState = ({ state }: { state: string }) =>
  isReceiptState(state) ? <ReceiptStateBadge state={state} isPlain /> : <Badge>{state}</Badge>;

const isReceiptState = (state: string): state is ShownReceiptState => Object.hasOwn(RECEIPT_LOOKS, state);
