import "server-only";

import type { OutgoingRecord } from "@/lib/connectors/contract";
import type { Share } from "@/lib/domain/selection/share";
import { isComparable } from "@/lib/services/delivery/content-hash";
import type { TeamClaim } from "@/lib/services/delivery/team-claims";

/** A record as it would be sent, and what tells it from others. */
export type Composed = { record: OutgoingRecord; hash: Buffer };

type Standing = {
  /** All claims on it, oldest first. */
  claims: readonly [TeamClaim, ...TeamClaim[]];
  /** Of the connector that sends it again. */
  maxTlp: number;
  /** Of what was sent last, by whichever connector. */
  contentHash: Buffer;
};
type Compose = (shares: readonly [Share, ...Share[]], maxTlp: number) => Composed;

/**
 * Composes a record as it stands, to be sent again. Null where it would stand differently: that is a change, which is for a plan. What was
 * sent by rules of before is only worded anew. What is no longer everybody's is left out, and so is what whoever wrote it lets out and
 * the connector that sends it again does not: then it says less, and nothing else.
 */
export const composeAgain = (
  { claims: [oldest, ...others], maxTlp, contentHash }: Standing,
  compose: Compose,
): Composed | null => {
  const said = [oldest.share, ...others.map(({ share }) => share)] as const;
  const sent = [oldest.sent, ...others.map((claim) => claim.sent)] as const;
  const today = compose(said, maxTlp);
  if (!isComparable(contentHash) || contentHash.equals(today.hash)) return today;
  // Under whose ceiling it was written is kept nowhere: it was one of theirs.
  for (const ceiling of new Set([maxTlp, oldest.maxTlp, ...others.map((claim) => claim.maxTlp)])) {
    const stands = [said, sent].some((shares) => contentHash.equals(compose(shares, ceiling).hash));
    if (stands) return ceiling < maxTlp ? compose(said, ceiling) : today;
  }
  return null;
};
