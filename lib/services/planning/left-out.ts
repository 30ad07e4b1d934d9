import "server-only";

import { hash } from "node:crypto";

import type { Blocked } from "@/lib/domain/selection/blocked";
import type { Share } from "@/lib/domain/selection/share";

import type { ReadCandidate } from "./read-page";
import { refusedHash } from "./refused-hash";

/** What would be sent: how a record is to stand, or why it is to go. */
export type Sending = { share: Share } | { code: string };

/** What stands of it by its claim; `hash` hexadecimal, null where nothing does. */
type Standing = { hash: string | null; until: Date | null };

type At = { destinationId: string; standing: Standing; now: Date };

/**
 * Tells whether what a person left out would be sent once more, over what stands as it did, hexadecimal; no refusal has the same. What has
 * ended there by itself since does not stand any more.
 */
export const leftOutHash = (sending: Sending, { destinationId, standing, now }: At): string => {
  const { hash: claimed, until } = standing;
  const isOver = "share" in sending && until !== null && until <= now;
  const what =
    "share" in sending ? refusedHash(destinationId, sending.share) : `${destinationId} ${sending.code}`;
  return hash("sha256", `left out\n${what}\n${claimed ?? "-"}\n${String(isOver)}`, "hex");
};

type Asked = { destinationId: string; now: Date };
type LeftOut = Pick<ReadCandidate, "claimHash" | "isUnanswered" | "refused"> & {
  candidate: Pick<ReadCandidate["candidate"], "standingUntil">;
};

/** Why a plan sends nothing of what a person left out of a push; null where nobody did, somebody asked for it, or it changed since. */
export const leftOutBefore = (
  { claimHash, isUnanswered, refused, candidate }: LeftOut,
  sending: Sending,
  { destinationId, now }: Asked,
): Blocked | null => {
  if (!isUnanswered || !refused?.hash) return null;
  const standing = { hash: claimHash, until: candidate.standingUntil };
  if (refused.hash !== leftOutHash(sending, { destinationId, standing, now })) return null;
  return { code: "left-out", reason: `${refused.reason} ${TRIED_AGAIN}` };
};

/** What ends that something stays out since nothing of it changed. */
export const TRIED_AGAIN = "It is tried again once that changes, or when somebody asks for it here.";
