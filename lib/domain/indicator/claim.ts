import type { Tlp } from "./tlp";

/** What one row of a feed says beside the value. Absent: the row says nothing of it. */
export type Claim = {
  confidence?: number;
  tlp?: Tlp;
  tags?: readonly string[];
  comment?: string;
  threatType?: string;
  firstSeen?: Date;
  lastSeen?: Date;
  validUntil?: Date;
};
