import type { NetworkType } from "@/lib/domain/indicator/expand";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { Mark } from "@/lib/domain/screening/mark";

import type { Blast } from "./gate";
import type { Override } from "./override";

/** What one live attribution says, as the selection sees it. */
export type Vouching = {
  feedId: string;
  feedName: string;
  isPublic: boolean;
  /** It is the team's own list: people of the team wrote what is said beside a value. Left out: it is not. */
  isOwnList?: boolean | undefined;
  /** The feed's values are kept and never pushed. */
  isStoreOnly: boolean;
  /** The feed's owner keeps its values from this connector: the policy of a subscription names others. */
  isWithheld: boolean;
  /** The reason a person gave for holding back what the feed, or the run that added this, vouches for; null where nobody does. */
  heldBecause: string | null;
  confidence: number;
  tags: readonly string[];
  comment: string;
  threatType: string;
  validUntil: Date | null;
  /** When it was last seen to hold the value; read only where the connector asks for an age. */
  sightedAt: Date | null;
  /** What a person asked of the destination when adding the value by hand. */
  wish: { action?: string | undefined; severity?: string | undefined } | null;
  /** Public ids of stronger hashes of the same file, as the feed says. */
  strongerKeys: readonly string[];
  /** The network that it names, where that goes out as its addresses; left out where it names the value itself. */
  network?: { type: NetworkType; value: string } | undefined;
};

/** One indicator of a team and all that decides whether a connector wants it. */
export type Candidate = {
  type: IndicatorType;
  value: string;
  /** Some feed of the team vouches for it and no person withdrew it. */
  isActive: boolean;
  /** The reason a person gave for withdrawing it, while that stands. */
  withdrawnBecause: string | null;
  /** The strictest allowlist that it is on, whatever that one's effect. */
  mark: Mark | null;
  /** Position in TLPS, from 1: the strictest of all sources. */
  tlp: number;
  /** The latest validity among all sources; null when one sets no end. */
  validUntil: Date | null;
  /** Its confidence has faded to the team's floor for the type; `validUntil` says when. */
  isFaded: boolean;
  /** Their confidence is what is left of it. */
  vouchings: readonly Vouching[];
  /** The end that stands at the destination, if the connector has a claim there. */
  standingUntil: Date | null;
  /** What blocking it would hit; null where the connector does not ask. */
  blast: Blast | null;
  /** What a person adopted of how it stood there, over what selection and rules say. */
  override: Override | null;
};
