import { stricterAction, type Action } from "@/lib/domain/connector/actions";
import { INDICATOR_TYPE_LABELS, type IndicatorType } from "@/lib/domain/indicator/types";

import type { Blocked } from "./blocked";
import { GATE_CODES, type BlockCode } from "./codes";
import type { Decision } from "./decide";
import { isBlocking } from "./gate";
import type { Share } from "./share";

/** A stronger hash of the same file, and what becomes of it by itself. */
export type StrongerHash = {
  id: string;
  type: IndicatorType;
  value: string;
  decision: Decision;
  /** It is wanted and cannot go there: it has no place, or the destination refused it. */
  isKeptOut: boolean;
};

/** `instead`: those that go there instead, and any of which is enough. */
export type Beside = Blocked & { instead: readonly StrongerHash[] };

/**
 * Why a hash that is wanted by itself stays out beside the stronger ones of its file; null when it goes there. A file takes one
 * place. What a person or a list says of one of its hashes is said of the file: it must not come back by another.
 */
export const judgeBeside = (share: Share, stronger: readonly StrongerHash[]): Beside | null => {
  for (const { type, value, decision } of stronger) {
    const judgement = judgementOn(decision, share.action);
    if (judgement !== null) {
      const reason = `${nameOf(type, value)} of the same file is kept in. ${judgement}`;
      return { code: "same-file-kept-in", reason, instead: [] };
    }
  }
  const instead = stronger.filter(
    // Never the milder one instead: where a person wants this hash blocked and the other only watched, both go.
    ({ decision, isKeptOut }) =>
      decision.isWanted &&
      !isKeptOut &&
      stricterAction(decision.share.action, share.action) === decision.share.action,
  );
  const [first] = instead;
  if (!first) return null;
  const reason = `${nameOf(first.type, first.value)} of the same file is wanted there instead.`;
  return { code: "stronger-hash", reason, instead };
};

const judgementOn = (decision: Decision, action: Action): string | null => {
  // Of what may only be watched, no other hash is blocked.
  if (decision.isWanted) return isBlocking(action) ? (decision.heldTo?.reason ?? null) : null;
  return JUDGEMENTS.has(decision.code) ? decision.reason : null;
};

const nameOf = (type: IndicatorType, value: string): string => `${INDICATOR_TYPE_LABELS[type]} ${value}`;

const JUDGEMENTS: ReadonlySet<BlockCode> = new Set([
  ...(["recalled", "withdrawn", "allowlisted"] as const),
  ...GATE_CODES,
]);
