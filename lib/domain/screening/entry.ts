import { clean } from "@/lib/domain/indicator/clean";
import { toAsciiHost } from "@/lib/domain/indicator/host";
import { parseIpv4 } from "@/lib/domain/indicator/ipv4";
import { normalise } from "@/lib/domain/indicator/normalise";
import { quoted } from "@/lib/domain/indicator/problems";
import { refang } from "@/lib/domain/indicator/refang";
import { fail, ok, type Result } from "@/lib/domain/result";

import type { AllowlistMatch } from "./allowlist";
import { SHORTEST_PREFIX } from "./network-text";
import { compilePattern } from "./pattern";
import { isBareSuffix } from "./public-suffix";

export type EntryCode =
  | "empty"
  | "too_long"
  | "not_a_value"
  | "not_a_host"
  | "not_a_network"
  | "public_suffix"
  | "too_wide"
  | "too_short"
  | "bad_pattern";

/** `message` is one sentence that a person can read and act on. */
export type EntryProblem = { code: EntryCode; message: string };

/**
 * Turns what a person or a warninglist wrote into the one spelling of an entry that the matcher reads, or says why it
 * can be none: because nothing would ever match it, or nearly everything.
 */
export const checkEntry = (match: AllowlistMatch, value: string): Result<string, EntryProblem> => {
  const text = value.trim();
  if (text === "") return refuse("empty", "There is no entry.");
  if (text.length > MAX_CHARS)
    return refuse("too_long", `An entry has at most ${MAX_CHARS.toLocaleString("en-US")} characters.`);
  switch (match) {
    case "string":
      return checkString(text);
    case "substring":
      return checkSubstring(text);
    case "hostname":
      return checkHostname(text);
    case "cidr":
      return checkNetwork(text);
    case "regex":
      return checkPattern(text);
  }
};

const checkString = (text: string): Result<string, EntryProblem> => {
  if (WILDCARD.test(clean(text)))
    return refuse(
      "not_a_value",
      `${quoted(text)} means names below it, and this list compares whole values: put it on a hostname list.`,
    );
  const result = normalise(text);
  if (result.ok) return ok(result.value.value);
  const code = result.problem.code === "is_public_suffix" ? "public_suffix" : "not_a_value";
  return refuse(code, `${result.problem.message} No value could be the same.`);
};

const checkSubstring = (text: string): Result<string, EntryProblem> => {
  const part = refang(text).toLowerCase();
  const host = toAsciiHost(part);
  const plain = host !== null && !ASCII.test(part) ? host : part;
  if (!ASCII.test(plain))
    return refuse(
      "not_a_value",
      `${quoted(text)} has letters that stored values only have encoded: write a whole name (bücher.de) or the encoded form.`,
    );
  if (plain.length < MIN_SUBSTRING_CHARS)
    return refuse(
      "too_short",
      `${quoted(text)} would stand in too many values: give at least ${String(MIN_SUBSTRING_CHARS)} characters.`,
    );
  if (EVERYWHERE.some((common) => common.includes(plain)))
    return refuse("too_wide", `${quoted(text)} stands in nearly every URL: give a part that is your own.`);
  const suffix = plain.startsWith(".") ? plain.slice(1).replace(/\/$/, "") : "";
  if (suffix !== "" && isBareSuffix(suffix)) return publicSuffix(text);
  return ok(plain);
};

const checkHostname = (text: string): Result<string, EntryProblem> => {
  const bare = hostPart(clean(text)).replace(WILDCARD, "");
  if (parseIpv4(bare) !== null || bare.startsWith("["))
    return refuse("not_a_host", `${quoted(text)} is an address: put it on a list of networks (cidr).`);
  const host = toAsciiHost(bare);
  if (host === null)
    return refuse(
      "not_a_host",
      `${quoted(text)} is no host name of two or more parts, such as vpn.example.com.`,
    );
  return isBareSuffix(host) ? publicSuffix(text) : ok(host);
};

/** Without scheme, user-info, port, path: what MISP's lists hold of them keeps an entry from ever matching there. */
const hostPart = (text: string): string => {
  const schemeAt = text.indexOf("://");
  const authority = (schemeAt === -1 ? text : text.slice(schemeAt + 3)).replace(/[#/?\\].*$/s, "");
  return authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d*$/, "");
};

const checkNetwork = (text: string): Result<string, EntryProblem> => {
  const result = normalise(text);
  if (!result.ok && (result.problem.code === "bad_prefix" || result.problem.code === "address_range"))
    return refuse("not_a_network", `${result.problem.message} Write it as address/prefix.`);
  if (!result.ok || !NETWORK_TYPES.has(result.value.type))
    return refuse("not_a_network", `${quoted(text)} is no address and no network such as 192.0.2.0/24.`);
  const { value } = result.value;
  const slash = value.indexOf("/");
  if (slash !== -1 && Number(value.slice(slash + 1)) < SHORTEST_PREFIX)
    return refuse(
      "too_wide",
      `${quoted(text)} would match nearly every address: give a prefix of ${String(SHORTEST_PREFIX)} or more.`,
    );
  return ok(value);
};

const checkPattern = (text: string): Result<string, EntryProblem> => {
  const compiled = compilePattern(text);
  if (!compiled.ok)
    return refuse(
      "bad_pattern",
      `${quoted(text)} cannot be used: ${compiled.problem}. Patterns are RE2: no look-ahead, no look-behind, no back-references.`,
    );
  const { pattern } = compiled.value;
  if (pattern.test("") || UNLIKE_VALUES.every((unlike) => pattern.test(unlike)))
    return refuse("too_wide", `${quoted(text)} would match every value: say more of what it should match.`);
  return ok(text);
};

const publicSuffix = (text: string): Result<string, EntryProblem> =>
  refuse(
    "public_suffix",
    `${quoted(text)} is a public suffix, and names below it belong to strangers: give the name below it that you mean.`,
  );

const refuse = (code: EntryCode, message: string): Result<never, EntryProblem> => fail({ code, message });

const MAX_CHARS = 2_000;
const MIN_SUBSTRING_CHARS = 4;
const ASCII = /^[\x20-\x7e]*$/;
const WILDCARD = /^\*?\.+/;
const NETWORK_TYPES: ReadonlySet<string> = new Set(["ipv4", "ipv6", "ipv4-cidr", "ipv6-cidr"]);
const EVERYWHERE = ["http://www.", "https://www."];
/** They have nothing in common: a pattern that finds all of them finds everything. */
const UNLIKE_VALUES = [
  "198.51.100.7",
  "2001:db8::1",
  "some-name.example.com",
  "https://other.example.org/path?id=1",
  "0123456789abcdef0123456789abcdef",
];
