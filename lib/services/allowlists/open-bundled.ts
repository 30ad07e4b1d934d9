import "server-only";

import type { AllowlistEffect, AllowlistMatch } from "@/lib/domain/screening/allowlist";
import { createMatcher, type Matcher } from "@/lib/domain/screening/matcher";

/** A list that comes with the product, as a person looks at it. */
export type BundledFacts = {
  id: string;
  name: string;
  source: string;
  licence: string;
  version: string;
  match: AllowlistMatch;
  defaultEffect: AllowlistEffect;
  entries: number;
};

/** The lists that come with the product, made ready once for all teams of this process. */
export const openBundled = (): Promise<Matcher> => {
  matcher ??= Promise.resolve(createMatcher([]));
  return matcher;
};

/** What comes with the product, without its entries. */
export const listBundledLists = (): Promise<readonly BundledFacts[]> => Promise.resolve([]);

let matcher: Promise<Matcher> | undefined;
