import { PersonName } from "@/components/people/person-name";
import { Callout } from "@/components/ui/callout";
import { ExactTime } from "@/components/ui/relative-time";
import { describeGate, type Gate } from "@/lib/domain/connector/gate-input";

type Props = {
  /** Who loosened it, when, and how it was before. */
  loosened: { by: string; at: Date; former: Gate };
  gate: Gate | null;
};

/** That more may be blocked than a while ago, and by whose word. */
export const LoosenedGateNote = ({ loosened: { by, at, former }, gate }: Props) => (
  <Callout tone="warning" title="What may be blocked was widened." role="note">
    <PersonName of={by} /> {gate === null ? "switched the gate off" : "loosened the gate"} on{" "}
    <ExactTime at={at} />. Before: {describeGate(former)}. Now:{" "}
    {gate === null ? "no gate" : describeGate(gate)}.
  </Callout>
);
