import type { Claim } from "@/lib/domain/indicator/claim";
import { strictest } from "@/lib/domain/indicator/types";
import { parseDate } from "@/lib/feeds/fields/dates";
import { parseConfidence, parseTags, parseTlpCell } from "@/lib/feeds/fields/words";

import type { ColumnPlan } from "./columns";

/** What a row says beside its values. A cell that cannot be read says nothing; it never refuses the row. */
export const readClaim = (cells: readonly string[], { roles, hasClaim }: ColumnPlan): Claim => {
  if (!hasClaim) return NOTHING;
  const at = (index: number | undefined): string => (index === undefined ? "" : (cells[index] ?? ""));
  const { tags, tlp: tlpOfTags } = parseTags(at(roles.tags));
  const tlp = parseTlpCell(at(roles.tlp));
  return present({
    confidence: parseConfidence(at(roles.confidence)),
    tlp: tlp && tlpOfTags ? strictest(tlp, tlpOfTags) : (tlp ?? tlpOfTags),
    tags: tags.length > 0 ? tags : undefined,
    comment: at(roles.comment).slice(0, MAX_TEXT_CHARS) || undefined,
    threatType: at(roles.threatType).slice(0, MAX_TEXT_CHARS) || undefined,
    firstSeen: parseDate(at(roles.firstSeen)),
    lastSeen: parseDate(at(roles.lastSeen)),
    validUntil: parseDate(at(roles.validUntil)),
  });
};

/** Drops what is undefined: an absent field and one that says nothing are the same thing. */
const present = (claim: { [Field in keyof Claim]-?: Claim[Field] | undefined }): Claim => {
  const said: Claim = {};
  const { confidence, tlp, tags, comment, threatType, firstSeen, lastSeen, validUntil } = claim;
  if (confidence !== undefined) said.confidence = confidence;
  if (tlp !== undefined) said.tlp = tlp;
  if (tags !== undefined) said.tags = tags;
  if (comment !== undefined) said.comment = comment;
  if (threatType !== undefined) said.threatType = threatType;
  if (firstSeen !== undefined) said.firstSeen = firstSeen;
  if (lastSeen !== undefined) said.lastSeen = lastSeen;
  if (validUntil !== undefined) said.validUntil = validUntil;
  return said;
};

const NOTHING: Claim = {};
const MAX_TEXT_CHARS = 2_000;
