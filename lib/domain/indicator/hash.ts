import { fail, ok } from "@/lib/domain/result";

import { normalised, type NormaliseResult } from "./normalised";
import { quoted } from "./problems";
import type { IndicatorType } from "./types";

/** A hash by its number of hexadecimal digits, lower case; null when the text is not hexadecimal or too short. */
export const normaliseHash = (text: string, hint?: IndicatorType): NormaliseResult | null => {
  const { length } = text;
  if (length < SHORTEST_DIGITS || !HEX.test(text)) return null;
  const type = length === 40 && hint === "cert-sha1" ? hint : TYPES.get(length);
  if (type !== undefined) return ok(normalised(type, text.toLowerCase()));
  const other = OTHER_HASHES.get(length);
  if (other !== undefined)
    return fail({
      code: "unsupported_hash",
      message: `${quoted(text)} is a ${other} hash, which no destination takes.`,
    });
  return fail({
    code: "bad_hash",
    message: `${quoted(text)} has ${String(length)} hexadecimal digits, which is the length of no hash.`,
  });
};

/** Undoes the spellings of a hash that say what it is: `sha256:…`, and `AA:BB:…` or `aa bb …` of certificate tools. */
export const bareHash = (text: string, hint?: IndicatorType): string => {
  const prefixed = PREFIXED.exec(text)?.[1];
  if (prefixed !== undefined) return prefixed;
  return hint === "cert-sha1" && THUMBPRINT.test(text) ? text.replace(/[:\s]/g, "") : text;
};

const SHORTEST_DIGITS = 28; // shorter ones are words, numbers or host parts
const HEX = /^[\da-f]+$/i;
const TYPES: ReadonlyMap<number, IndicatorType> = new Map([
  [32, "md5"],
  [40, "sha1"],
  [64, "sha256"],
  [128, "sha512"],
]);
const OTHER_HASHES: ReadonlyMap<number, string> = new Map([
  [56, "SHA-224"],
  [96, "SHA-384"],
]);
const PREFIXED = /^(?:md5|sha-?1|sha-?256|sha-?512)[:=]\s?([\da-f]{32,128})$/i;
const THUMBPRINT = /^[\da-f]{2}(?:[:\s]?[\da-f]{2}){19}$/i;
