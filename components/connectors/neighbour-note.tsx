import { Callout } from "@/components/ui/callout";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";

type Props = { kind: ConnectorKind; names: readonly string[] };

/** What several connectors of one team to one place mean; nothing where there is no other. */
export const NeighbourNote = ({ kind, names }: Props) =>
  names.length === 0 ? null : (
    <Callout
      tone="warning"
      title={`Your team sends there already: ${names.map((name) => `“${name}”`).join(", ")}.`}
      role="note"
    >
      A value has one record there, whichever of your connectors wants it.{" "}
      {kind === "defender"
        ? "Where they differ, the strictest action, the highest severity and the latest end stand: this one can make what the other sent stricter, never milder. "
        : "It stays as long as one of them wants it. "}
      To change what stands, edit that connector instead; to split the values between them, give each its own
      feeds or types.
    </Callout>
  );
