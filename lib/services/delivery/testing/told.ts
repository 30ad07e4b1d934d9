import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";

import type { Vouched } from "./desk";

/** What a value's trace tells of a connector since its first removal was sent there, oldest first; the connector is called `it`. */
export const toldSinceRemoval = async (
  actor: Actor,
  { name }: { name: string },
  value: Vouched | undefined,
): Promise<string[]> => {
  if (!value) throw new Error("There is no value.");
  const { timeline } = await traceIndicator(actor, indicatorId(value.type, value.value));
  const told = timeline
    .flatMap(({ what }) => (what.includes(name) ? [what.replaceAll(name, "it")] : []))
    .toReversed();
  return told.slice(told.indexOf("Sent to it to be removed.") + 1);
};
