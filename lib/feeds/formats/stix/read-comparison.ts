import { readToken } from "@/lib/domain/indicator/line";
import { normalise } from "@/lib/domain/indicator/normalise";
import { quoted } from "@/lib/domain/indicator/problems";
import { INDICATOR_TYPE_LABELS, type IndicatorType } from "@/lib/domain/indicator/types";
import type { CandidateCode } from "@/lib/feeds/contract";
import type { Find } from "@/lib/feeds/formats/candidate";

import type { Comparison } from "./pattern";

/** What one comparison of a pattern names; a range of addresses names as many values as it has networks. */
export const readComparison = (comparison: Comparison): readonly Find[] => {
  const { object, path, operator, value } = comparison;
  const property = `${object}:${path.join(".")}`;
  if (operator === "ISSUBSET" && !ADDRESSES.has(property))
    return [
      refuse(value, "unsupported_pattern", `${property} is compared with ISSUBSET, which is for addresses.`),
    ];
  if (HASHED.has(object) && path.length === 2 && path[0] === "hashes")
    return [readHash(value, object, path[1] ?? "")];
  const types = NETWORKS.has(property) ? NETWORK_TYPES : MAILBOXES.has(property) ? EMAIL : null;
  if (types === null)
    return [
      refuse(
        value,
        "unsupported_type",
        `The pattern asks about ${quoted(property)}, which is no type of indicator.`,
      ),
    ];
  // The form of a value decides its type, as everywhere; an object only says what it can be at all.
  return readToken(value).map((find) =>
    !find.ok || types.has(find.value.type)
      ? find
      : refuse(
          value,
          "type_mismatch",
          `${quoted(value)} reads as ${INDICATOR_TYPE_LABELS[find.value.type]}, which ${property} cannot be.`,
        ),
  );
};

const readHash = (value: string, object: string, algorithm: string): Find => {
  const name = algorithm.toLowerCase().replace(NOT_A_LETTER, "");
  const type = object === CERTIFICATE && name === "sha1" ? "cert-sha1" : HASHES.get(name);
  if (type === undefined || (object === CERTIFICATE && type !== "cert-sha1"))
    return refuse(
      value,
      "unsupported_hash",
      `${quoted(algorithm)} of ${object} is a hash that no destination takes.`,
    );
  const result = normalise(value, { type, strict: true });
  return result.ok
    ? { ok: true, text: value, value: result.value }
    : { ok: false, text: value, problem: result.problem };
};

const refuse = (text: string, code: CandidateCode, message: string): Find => ({
  ok: false,
  text,
  problem: { code, message },
});

const CERTIFICATE = "x509-certificate";
const HASHED: ReadonlySet<string> = new Set(["file", "artifact", CERTIFICATE]);
const HASHES: ReadonlyMap<string, IndicatorType> = new Map([
  ["md5", "md5"],
  ["sha1", "sha1"],
  ["sha256", "sha256"],
  ["sha512", "sha512"],
]);
const NOT_A_LETTER = /[^a-z\d]/g;

const ADDRESSES: ReadonlySet<string> = new Set([
  "ipv4-addr:value",
  "ipv6-addr:value",
  "network-traffic:dst_ref.value",
  "network-traffic:src_ref.value",
]);
const NETWORKS: ReadonlySet<string> = new Set([
  ...ADDRESSES,
  "domain-name:value",
  "url:value",
  // OpenCTI's own
  "hostname:value",
  "x-opencti-hostname:value",
]);
const MAILBOXES: ReadonlySet<string> = new Set([
  "email-addr:value",
  "email-message:from_ref.value",
  "email-message:sender_ref.value",
]);
const NETWORK_TYPES: ReadonlySet<IndicatorType> = new Set([
  "ipv4",
  "ipv6",
  "ipv4-cidr",
  "ipv6-cidr",
  "domain",
  "url",
]);
const EMAIL: ReadonlySet<IndicatorType> = new Set(["email"]);
