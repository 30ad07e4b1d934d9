import type { Action } from "@/lib/domain/connector/actions";

/**
 * The action to ask for where the destination permits only some on a type: the wished one, or `Block` where files would be
 * remediated (network indicators cannot be); null where neither is permitted. Nothing is ever made stricter than wished.
 */
export const possibleAction = (wished: Action, permitted: readonly Action[]): Action | null => {
  if (permitted.includes(wished)) return wished;
  return wished === "BlockAndRemediate" && permitted.includes("Block") ? "Block" : null;
};
