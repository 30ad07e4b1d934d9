import type { NetworkType } from "@/lib/domain/indicator/expand";
import { strictest } from "@/lib/domain/screening/mark";

import type { Candidate, Vouching } from "./candidate";
import type { Blast } from "./gate";

/** A network that its connector wants and sends as addresses: what an address of it is given. */
export type Lender = {
  type: NetworkType;
  value: string;
  /** The network as a candidate of its own, and those of its vouchings that the connector takes. */
  candidate: Pick<Candidate, "tlp" | "validUntil" | "mark" | "blast">;
  chosen: readonly Vouching[];
};

/**
 * An address as its networks have it, too: their sources vouch for it beside its own. What a person or a list says of the address
 * itself stays as it is. Without networks it is itself.
 */
export const withLenders = (own: Candidate, lenders: readonly Lender[]): Candidate => {
  if (lenders.length === 0) return own;
  const parts: readonly Pick<Candidate, "tlp" | "validUntil" | "mark">[] = [
    ...(own.isActive ? [own] : []),
    ...lenders.map(({ candidate }) => candidate),
  ];
  const [mark = null] = strictest(
    [own.mark, ...lenders.map(({ candidate }) => candidate.mark)].filter((one) => one !== null),
  );
  return {
    ...own,
    isActive: true,
    mark,
    tlp: Math.max(...parts.map(({ tlp }) => tlp)),
    validUntil: latestEnd(parts),
    isFaded: false,
    blast: own.blast && withDoubts(own.blast, lenders),
    vouchings: [
      ...(own.isActive ? until(own.vouchings, own.validUntil) : []),
      ...lenders.flatMap(({ type, value, candidate, chosen }) =>
        until(chosen, candidate.validUntil).map((vouching) => ({ ...vouching, network: { type, value } })),
      ),
    ],
  };
};

/** What is said of a network for and against blocking it is said of each of its addresses. */
const withDoubts = (own: Blast, lenders: readonly Lender[]): Blast => {
  const disputed = lenders.find(({ candidate: { blast } }) => (blast?.dispute ?? null) !== null);
  const lent =
    disputed && `${disputed.value}, of which it is a part: ${disputed.candidate.blast?.dispute ?? ""}`;
  return {
    ...own,
    dispute: own.dispute ?? lent ?? null,
    isLetThrough: own.isLetThrough || lenders.some(({ candidate: { blast } }) => blast?.isLetThrough),
    isTakenBack: own.isTakenBack || lenders.some(({ candidate: { blast } }) => blast?.isTakenBack),
  };
};

const latestEnd = (parts: readonly Pick<Candidate, "validUntil">[]): Date | null => {
  let latest: Date | null = null;
  for (const { validUntil } of parts) {
    if (validUntil === null) return null;
    if (latest === null || validUntil > latest) latest = validUntil;
  }
  return latest;
};

// What has faded ends although no source says so; beside others' words each must know its own end.
const until = (vouchings: readonly Vouching[], end: Date | null): readonly Vouching[] =>
  vouchings.map((vouching) => ({ ...vouching, validUntil: vouching.validUntil ?? end }));
