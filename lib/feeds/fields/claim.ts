import type { Claim } from "@/lib/domain/indicator/claim";
import { strictest } from "@/lib/domain/indicator/types";

import { parseDate } from "./dates";
import { parseConfidence, parseTags, parseTlpCell } from "./words";

export type ClaimRole = keyof Claim;

/**
 * What a row says beside its values, from the text that it has for each role ("" for none). A text that cannot be read
 * says nothing; it never refuses the row.
 */
export const claimOf = (textOf: (role: ClaimRole) => string): Claim => {
  const { tags, tlp: tlpOfTags } = parseTags(textOf("tags"));
  const tlp = parseTlpCell(textOf("tlp"));
  return present({
    confidence: parseConfidence(textOf("confidence")),
    tlp: tlp && tlpOfTags ? strictest(tlp, tlpOfTags) : (tlp ?? tlpOfTags),
    tags: tags.length > 0 ? tags : undefined,
    comment: textOf("comment").slice(0, MAX_TEXT_CHARS) || undefined,
    threatType: textOf("threatType").slice(0, MAX_TEXT_CHARS) || undefined,
    firstSeen: parseDate(textOf("firstSeen")),
    lastSeen: parseDate(textOf("lastSeen")),
    validUntil: parseDate(textOf("validUntil")),
  });
};

/** Drops what is undefined: an absent field and one that says nothing are the same thing. */
export const present = (claim: { [Field in keyof Claim]-?: Claim[Field] | undefined }): Claim => {
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

const MAX_TEXT_CHARS = 2_000;
