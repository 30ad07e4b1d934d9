import { createHash } from "node:crypto";

import { AppError } from "@/lib/domain/errors";

import type { Query } from "./query";
import type { Search, SearchPage } from "./search";

/** Each divides the one before it, so that a smaller or larger page begins where the last one ended. */
const PAGE_SIZES = [2_000, 1_000, 500, 250, 50] as const;

/**
 * All pages of a search. A page that is too much for the server is asked for in smaller ones, and these grow again after
 * a while. Ends at a page that is not full, counting what the server itself left out. Throws an AppError for a server that
 * manages not even the smallest page, gives the same page twice, or never ends.
 */
export async function* readPages(
  search: Search,
  query: Query,
  { signal, firstSize = PAGE_SIZES[0] }: { signal: AbortSignal; firstSize?: number },
): AsyncGenerator<SearchPage, void, undefined> {
  const seen = new Set<string>();
  let sizes: readonly number[] = PAGE_SIZES.filter((size) => size <= firstSize);
  let rung = 0;
  let patience = FIRST_PATIENCE;
  let good = 0;
  let hasGrown = false;
  let offset = 0;
  let empty = 0;
  let isSecondLook = false;
  for (;;) {
    signal.throwIfAborted();
    const limit = sizes[rung] ?? 1;
    const outcome = await search(query, { limit, page: offset / limit + 1 });
    if (!outcome.ok) {
      if (rung + 1 >= sizes.length) throw tooWeak(limit, outcome.tooMuch);
      // A server that stumbles over the larger page again is given more time before the next try.
      if (hasGrown) patience = Math.min(patience * 2, MAX_PATIENCE);
      [rung, good, hasGrown] = [rung + 1, 0, false];
      continue;
    }
    const { page } = outcome;
    const rows = page.attributes.length + page.skipped;
    if (page.attributes.length > 0) {
      const name = nameOf(page);
      // A server that has no pages gives all it has at the second look, too.
      if (seen.has(name) && isSecondLook) return;
      if (seen.has(name)) throw samePage();
      seen.add(name);
    }
    yield page;
    if (rows < limit) {
      // A role may cap the size of a page, so that a full one looks short: a round number is worth a second look.
      if (offset > 0 || rows === 0 || rows % CAP_STEP !== 0) return;
      [sizes, rung, isSecondLook] = [[rows], 0, true];
      offset = rows;
      continue;
    }
    isSecondLook = false;
    offset += limit;
    empty = page.attributes.length === 0 ? empty + 1 : 0;
    if (empty > MAX_EMPTY) throw neverEnds();
    good += 1;
    const larger = sizes[rung - 1];
    if (larger !== undefined && good >= patience && offset % larger === 0)
      [rung, good, hasGrown] = [rung - 1, 0, true];
  }
}

/** In a stable order two pages that begin, end and are as long as each other are the same. */
const nameOf = ({ attributes }: SearchPage): string =>
  createHash("sha1")
    .update(JSON.stringify([attributes.length, attributes[0], attributes.at(-1)]))
    .digest("base64");

const tooWeak = (limit: number, cause: AppError): AppError =>
  new AppError(
    "upstream_unavailable",
    `The MISP server does not manage to answer a search for ${String(limit)} attributes at once. ${cause.message} Nothing was changed. Narrow the feed's filters, or raise the memory and time limits of PHP there.`,
    { retry: "later", cause, context: cause.context },
  );
const samePage = (): AppError =>
  new AppError(
    "upstream_rejected",
    "The MISP server gave the same page of its list twice, so it cannot be read to its end. Nothing was changed. A proxy that keeps answers may stand before it.",
  );
const neverEnds = (): AppError =>
  new AppError(
    "upstream_rejected",
    "The MISP server gave empty pages without end. Nothing was changed. Look whether a filter, such as enforceWarninglist, leaves all of its attributes out.",
  );

const FIRST_PATIENCE = 5;
const MAX_PATIENCE = 160;
const MAX_EMPTY = 1_000;
const CAP_STEP = 50;
