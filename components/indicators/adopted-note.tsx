import { Callout } from "@/components/ui/callout";
import { actionWords } from "@/lib/domain/connector/actions";

type Adopted = {
  connectorId: string;
  connector: string;
  action: string | null;
  severity: string | null;
  by: string;
};

/** Where a value stands although nothing was sent from here: it was made there, and adopted. */
export const AdoptedNote = ({ adopted }: { adopted: readonly Adopted[] }) =>
  adopted.map(({ connectorId, connector, action, severity, by }) => (
    <Callout key={connectorId} tone="info" title={`It stands at ${connector} already, adopted by ${by}`}>
      {[action && actionWords(action), severity].filter((part) => part !== null).join(", ")}
      {action === null && severity === null ? "It" : ": it"} was made there and not sent from here. The next
      push there makes it your team’s.
    </Callout>
  ));
