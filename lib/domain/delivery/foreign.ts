import { actionWords } from "@/lib/domain/connector/actions";
import type { Blocked } from "@/lib/domain/selection/blocked";

/** Who holds a value at a destination besides us, and what they ask for there. */
export type Holder = {
  /** An application's id or a person's name; null where the destination does not tell. */
  maker: string | null;
  makerName: string | null;
  action: string | null;
};

/** How people read of somebody else's record. */
const nameOf = ({ maker, makerName }: Pick<Holder, "maker" | "makerName">): string =>
  makerName ?? maker ?? "somebody else";

/** Why a value that somebody else holds stays out. */
export const heldByOthers = (holder: Holder): Blocked => ({
  code: "held-by-others",
  reason: `Held by ${nameOf(holder)}${holder.action === null ? "" : ` (${actionWords(holder.action)})`}, which is not Sluice's: sent, it would overwrite that record.`,
});

/** What a receipt says of a record that turned out to be somebody else's. */
export const standsByOthers = (maker: Pick<Holder, "maker" | "makerName">): string =>
  `Stands, made by ${nameOf(maker)}: it is not Sluice's, and is left as it is.`;

/** Who holds a value at a destination, by the device groups of their record (`recordScope`). */
export type HoldersByScope = ReadonlyMap<string, Holder>;
export const NO_HOLDERS: HoldersByScope = new Map();
