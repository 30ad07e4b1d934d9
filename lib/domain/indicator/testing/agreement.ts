import { parseText } from "../extract";
import { readToken } from "../line";
import type { IndicatorType } from "../types";

/**
 * A row of another project's test table. `theirs` is what its test expects ("its type, its value"), `ours` what we take ("our
 * type, canonical value"); `reason` says why the two are not the same thing, and is there only then.
 */
export type ReadCase = { text: string; theirs: readonly string[]; ours: readonly string[]; reason?: string };

/** A row of a table that says whether a value is one of a type. */
export type ValidityCase = { type: string; text: string; isValid: boolean; reason?: string };

/** What we read out of a text, each thing once: a duplicate is one record. */
export const readAll = (text: string): readonly string[] =>
  unique(parseText(text).indicators.map(({ type, value }) => `${type} ${value}`));

/** Whether a row's two sides mean the same things; a type that we do not have means nothing here. */
export const isSameReading = ({ theirs, ours }: ReadCase): boolean =>
  sameSet(unique(theirs.flatMap(inOurWords)), unique(ours));

/** Whether we take a text for the type that their name means; never, where we have no such type. */
export const isTaken = ({ type, text }: ValidityCase): boolean => {
  const kinds = TYPES.get(type);
  if (kinds === undefined) return false;
  const found = readToken(text).map((find) => (find.ok ? find.value.type : null));
  const withPort =
    !type.endsWith("|port") || readToken(text).every((find) => find.ok && find.value.port !== undefined);
  return (
    withPort && found.length === kinds.length && kinds.every((kind, index) => isOneOf(kind, found[index]))
  );
};

export const isOurType = (type: string): boolean => TYPES.has(type);

const inOurWords = (theirs: string): readonly string[] => {
  const blank = theirs.indexOf(" ");
  const kinds = TYPES.get(theirs.slice(0, blank));
  if (kinds === undefined) return [];
  const wanted = new Set(kinds.flat());
  return readToken(theirs.slice(blank + 1)).flatMap((find) =>
    find.ok && wanted.has(find.value.type) ? [`${find.value.type} ${find.value.value}`] : [],
  );
};

const isOneOf = (kind: readonly IndicatorType[], found: IndicatorType | null | undefined): boolean =>
  kind.some((type) => type === found);

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value) => other.includes(value));

const IP: readonly IndicatorType[] = ["ipv4", "ipv6", "ipv4-cidr", "ipv6-cidr"];
const ONE_IP: readonly IndicatorType[] = ["ipv4", "ipv6"];
const NAME: readonly IndicatorType[] = ["domain"];
type Named = readonly [string, readonly (readonly IndicatorType[])[]];
const named = (names: string, ...kinds: readonly (readonly IndicatorType[])[]): readonly Named[] =>
  names.split(" ").map((name) => [name, kinds]);
const TYPES: ReadonlyMap<string, readonly (readonly IndicatorType[])[]> = new Map([
  ...named("ip-dst ip-src IPv4 IPv6 ipv4 ipv6 ipv4_cidr", IP),
  ...named("ip-dst|port ip-src|port", ONE_IP),
  ...named("domain hostname hostname|port onion-address", NAME),
  ...named("domain|ip", NAME, ONE_IP),
  ...named("url link URL", ["url"]),
  ...named("email email-src", ["email"]),
  ...named("md5 filename|md5", ["md5"]),
  ...named("sha1", ["sha1"]),
  ...named("sha256", ["sha256"]),
  ...named("sha512", ["sha512"]),
]);
