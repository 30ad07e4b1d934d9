import "server-only";

import { listBundled, loadBundledEntries, type BundledList } from "@/lib/domain/screening/bundled";
import { createMatcher, type Matcher, type MatcherList } from "@/lib/domain/screening/matcher";

/**
 * The lists that come with the product, made ready once for all teams of this process: what a list does is each team's to choose,
 * what is on it is not.
 */
export const openBundled = (): Promise<Matcher> => {
  matcher ??= readBundled().catch((error: unknown) => {
    matcher = undefined;
    throw error;
  });
  return matcher;
};

const readBundled = async (): Promise<Matcher> => {
  const lists: MatcherList[] = [];
  for (const list of listBundled()) lists.push(await toMatcherList(list));
  return createMatcher(lists);
};

const toMatcherList = async ({
  id,
  name,
  match,
  defaultEffect,
  types,
}: BundledList): Promise<MatcherList> => ({
  ...{ id, name, match, types },
  effect: defaultEffect,
  entries: (await loadBundledEntries(id)) ?? [],
});

let matcher: Promise<Matcher> | undefined;
