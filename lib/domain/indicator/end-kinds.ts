import type { IndicatorType } from "./types";

/** The kinds of value that people give one validity to, each with the types it stands for. */
export const END_KINDS = [
  { name: "addresses", words: "IP addresses", types: ["ipv4", "ipv6", "ipv4-cidr", "ipv6-cidr"] },
  { name: "domains", words: "domains", types: ["domain"] },
  { name: "urls", words: "URLs", types: ["url"] },
  { name: "emails", words: "e-mail addresses", types: ["email"] },
  { name: "hashes", words: "hashes", types: ["md5", "sha1", "sha256", "sha512"] },
  { name: "certificates", words: "certificates", types: ["cert-sha1"] },
] as const satisfies readonly { name: string; words: string; types: readonly IndicatorType[] }[];

export type EndKind = (typeof END_KINDS)[number]["name"];
