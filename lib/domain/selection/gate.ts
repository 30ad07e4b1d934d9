import type { Action } from "@/lib/domain/connector/actions";
import type { Gate } from "@/lib/domain/connector/gate-input";
import { describePrevalence, PREVALENCE_HOURS, subjectOf } from "@/lib/domain/delivery/prevalence";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import type { Blocked } from "./blocked";

/** What blocking a value would hit, as far as it is known. */
export type Blast = {
  /** Devices that saw it, by the last answer; null: there is none. */
  devices: number | null;
  /** Since when the connector wants to know; null: it does not yet. */
  wantedAt: Date | null;
  /** It was asked for and not told. */
  isUntold: boolean;
  /** The permission without which Defender tells nothing of it; null: none is missing. */
  missingPermission: string | null;
  /** What another team of the installation says against it, in a sentence; null: nothing. */
  dispute: string | null;
  /** A person let this value through. */
  isLetThrough: boolean;
  /** A person let it through and took that back, and no plan let it pass without that since. */
  isTakenBack: boolean;
  /** How the connector has it standing; null: not at all. */
  standingAction: Action | null;
};

type Asked = {
  type: IndicatorType;
  value: string;
  action: Action;
  blast: Blast | null;
  /** What on an allowlist the value is close to, in a sentence; null: nothing. */
  findNear: (type: IndicatorType, value: string) => string | null;
};

/** Whether an action keeps people from working where it is wrong. */
export const isBlocking = (action: string | null): boolean =>
  action === "Block" || action === "BlockAndRemediate";

/**
 * Why a value is not to be blocked, and whether it may be watched meanwhile; null where it passes. What is blocked already is not
 * judged again, unless somebody took back that it was let through: more devices that try to reach it are no reason to open it.
 */
export const passGate = (
  gate: Gate | null,
  { type, value, action, blast, findNear }: Asked,
  now: Date,
): (Blocked & { isWatched: boolean }) | null => {
  if (gate === null || blast === null || !isBlocking(action)) return null;
  if (blast.isLetThrough || (isBlocking(blast.standingAction) && !blast.isTakenBack)) return null;
  if (gate.otherTeams && blast.dispute !== null)
    return { code: "disputed", reason: blast.dispute, isWatched: false };
  const near = gate.nearAllowlist ? findNear(type, value) : null;
  if (near !== null) return { code: "near-allowlist", reason: near, isWatched: false };
  return judgePrevalence(gate, { type, value, blast }, now);
};

const judgePrevalence = (
  { maxPrevalence, whenUnknown }: Gate,
  { type, value, blast }: Pick<Asked, "type" | "value"> & { blast: Blast },
  now: Date,
): (Blocked & { isWatched: boolean }) | null => {
  const subject = maxPrevalence === null ? null : subjectOf(type, value);
  // The host of a longer URL may be everybody's; of what Defender keeps no figure, none is waited for.
  if (maxPrevalence === null || subject?.isWhole !== true) return null;
  const { devices, wantedAt, isUntold, missingPermission } = blast;
  if (devices !== null) {
    if (devices <= maxPrevalence) return null;
    const reason = `${describePrevalence(devices, subject)} More than ${maxPrevalence.toLocaleString("en-US")} are not blocked without a person’s word.`;
    return { code: "too-prevalent", reason, isWatched: false };
  }
  const isLate = wantedAt !== null && now.getTime() - wantedAt.getTime() >= LONGEST_WAIT_MS;
  if (missingPermission === null && !isUntold && !isLate)
    return {
      code: "waits-for-prevalence",
      reason: "It waits for its prevalence: how many devices saw it is being asked for.",
      isWatched: false,
    };
  const why = describeUnknown(missingPermission, isUntold);
  return whenUnknown === "audit"
    ? { code: "waits-for-prevalence", reason: `${why} It is only watched.`, isWatched: true }
    : {
        code: "waits-for-prevalence",
        reason: `${why} It waits until a person lets it through.`,
        isWatched: false,
      };
};

const describeUnknown = (missingPermission: string | null, isUntold: boolean): string => {
  if (missingPermission !== null)
    return `Its prevalence is not known: the application lacks ${missingPermission}.`;
  return isUntold
    ? "Defender does not tell its prevalence."
    : `Defender did not tell its prevalence within ${String(PREVALENCE_HOURS)} hours.`;
};

const LONGEST_WAIT_MS = PREVALENCE_HOURS * 3_600_000;
