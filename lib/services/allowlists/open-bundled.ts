import "server-only";

import { createHash } from "node:crypto";

import { listBundled, loadBundledEntries } from "@/lib/domain/screening/bundled";
import { createMatcher, type Matcher, type MatcherList } from "@/lib/domain/screening/matcher";
import { SPECIAL_DATA } from "@/lib/domain/screening/special-networks";
import { VENDOR_DATA } from "@/lib/domain/screening/vendor-names";
import manifest from "@/package.json";

/** The setting that says by what the installation screens: the digest of the version of the product that was started last. */
export const PRODUCT_LISTS = "screening.product-lists";

/** To be raised when the rules of what is built in, or of comparing, change without a change of their data. */
const RULES = 2;

/** The public suffixes, the ranges of addresses and the patterns are theirs. */
const { tldts, "ipaddr.js": addresses, re2js } = manifest.dependencies;

export type Bundled = {
  matcher: Matcher;
  /** Of all that comes with this version of the product and decides: two versions with the same one screen alike. */
  digest: string;
};

/**
 * The lists that come with the product, made ready once for all teams of this process: what a list does is each team's to choose,
 * what is on it is not.
 */
export const openBundled = (): Promise<Bundled> => {
  bundled ??= readBundled().catch((error: unknown) => {
    bundled = undefined;
    throw error;
  });
  return bundled;
};

const readBundled = async (): Promise<Bundled> => {
  const digest = createHash("sha256");
  digest.update(JSON.stringify([RULES, tldts, addresses, re2js, SPECIAL_DATA, VENDOR_DATA, listBundled()]));
  const lists: MatcherList[] = [];
  for (const { defaultEffect: effect, ...list } of listBundled()) {
    const entries = (await loadBundledEntries(list.id)) ?? [];
    digest.update(JSON.stringify(entries));
    lists.push({ ...list, effect, entries });
  }
  return { matcher: createMatcher(lists), digest: digest.digest("hex") };
};

let bundled: Promise<Bundled> | undefined;
