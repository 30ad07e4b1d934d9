import type { Action } from "@/lib/domain/connector/actions";
import type { Share } from "@/lib/domain/selection/share";

import { mergeClaims, mergeTreatments, type MergedRecord } from "./merge-claims";

/** One connector's standing wish for a record. `maxTlp`: the strictest marking that the connector lets out, by its place in TLPS. */
export type StandingClaim = { connectorId: string; share: Share; maxTlp: number };

/** What stands at the destination, by its last answers. */
type StandingRecord = {
  isStanding: boolean;
  ownerConnectorId: string | null;
  action: Action | null;
  /** Somebody put it under other device groups there: sent again, it would be a second record beside that one. */
  isElsewhere?: boolean;
};

export type StepInput = {
  /** The connector whose push this is. */
  connectorId: string;
  /** Its ceiling. */
  maxTlp: number;
  operation: "add" | "change" | "remove";
  /** What the connector wants; null for a removal. */
  share: Share | null;
  record: StandingRecord;
  /** An earlier request of this connector's was never answered: what stands there may be what that one made, or nothing. */
  isUnanswered: boolean;
  /** All connectors' claims on the record, oldest first. */
  claims: readonly StandingClaim[];
  /** `application`: only the application that made a record can change or delete it. */
  ownership: "application" | "shared";
};

/** What is to be sent for one item, by whose application, and whose the record is afterwards. */
export type Step =
  | { kind: "nothing"; reason: string }
  /** The last claim leaves. */
  | { kind: "end"; withdrawBy: string }
  /** `withdrawBy` deletes before `pushBy` creates: the owner left, or the action is part of the record's identity. */
  | { kind: "put"; withdrawBy: string | null; pushBy: string; ownerAfter: string; merged: MergedRecord };

/**
 * How the claims on a record lead to what is sent (house rules, *Two teams, one record*): while its owner has a claim, it
 * writes for all; when the owner leaves, the oldest remaining claim makes the record anew with its own application. What the record
 * says keeps to the ceiling of whoever writes it.
 */
export const decideStep = (input: StepInput): Step => {
  const { connectorId, operation, record, claims, ownership, isUnanswered } = input;
  const owner = record.ownerConnectorId ?? connectorId;
  const mayStand = record.isStanding || isUnanswered;
  if (operation === "remove" && !isUnanswered && !claims.some((claim) => claim.connectorId === connectorId))
    return { kind: "nothing", reason: "Nothing of this connector stands there any more." };
  const [oldest, ...others] = claimsAfter(input);
  if (!oldest) {
    if (!mayStand) return { kind: "nothing", reason: "It is not there any more." };
    return { kind: "end", withdrawBy: ownership === "application" ? owner : connectorId };
  }
  const after: AllClaims = [oldest, ...others];
  const shares = [oldest.share, ...others.map(({ share }) => share)] as const;
  const mine = claimOf(after, connectorId) ?? oldest;
  if (!mayStand) return put(shares, { by: mine, withdrawBy: null, ownerAfter: mine.connectorId });
  const keeper = claimOf(after, owner) ?? oldest;
  const ownerAfter = keeper.connectorId;
  if (ownership === "shared")
    return put(shares, { by: claimOf(after, connectorId) ?? keeper, withdrawBy: null, ownerAfter });
  const { action } = mergeTreatments(shares);
  const isMadeAnew =
    ownerAfter !== owner || record.action !== action || isUnanswered || record.isElsewhere === true;
  return put(shares, { by: keeper, withdrawBy: isMadeAnew ? owner : null, ownerAfter });
};

type AllClaims = readonly [StandingClaim, ...StandingClaim[]];
type Put = { by: StandingClaim; withdrawBy: string | null; ownerAfter: string };

const put = (
  shares: readonly [Share, ...Share[]],
  { by: { connectorId: pushBy, maxTlp }, withdrawBy, ownerAfter }: Put,
): Step => ({ kind: "put", withdrawBy, pushBy, ownerAfter, merged: mergeClaims(shares, maxTlp) });

const claimOf = (claims: AllClaims, id: string): StandingClaim | undefined =>
  claims.find((claim) => claim.connectorId === id);

const claimsAfter = ({ connectorId, maxTlp, share, claims }: StepInput): StandingClaim[] => {
  if (share === null) return claims.filter((claim) => claim.connectorId !== connectorId);
  const mine = { connectorId, maxTlp, share };
  return claims.some((claim) => claim.connectorId === connectorId)
    ? claims.map((claim) => (claim.connectorId === connectorId ? mine : claim))
    : [...claims, mine];
};
