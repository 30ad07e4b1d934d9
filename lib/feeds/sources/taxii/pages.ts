import { createHash } from "node:crypto";

import { AppError } from "@/lib/domain/errors";
import { isRecord } from "@/lib/feeds/text/json";

import type { Ask } from "./ask";
import { envelopeSchema } from "./wire";

export type ObjectsPage = {
  objects: readonly unknown[];
  /** When the last of them was added to the collection, as the server says; null when it does not. */
  addedLast: string | null;
};

type Query = {
  objects: URL;
  ask: Ask;
  /** Only what was added after this moment; null for everything. */
  since: string | null;
  signal: AbortSignal;
};

/**
 * All pages of a collection, in the order in which objects were added. Throws an AppError when the server's paging does
 * not move on: the same `next` or the same page twice, `more` without anything, pages without end.
 */
export async function* readPages({
  objects,
  ask,
  since,
  signal,
}: Query): AsyncGenerator<ObjectsPage, void, undefined> {
  const seen = createSeen(objects.host);
  let addedAfter = laterOf(since, objects.searchParams.get("added_after"));
  let next: string | null = null;
  for (let count = 1; ; count++) {
    signal.throwIfAborted();
    const page = await readPage(addressOf(objects, addedAfter, next), ask);
    if (!page.hasMore) {
      yield page;
      return;
    }
    seen.note(page, count);
    yield page;
    next = page.next;
    if (next !== null) continue;
    // Without `next` the last page's date leads on, as the standard has it.
    if (page.addedLast === null || timeOf(page.addedLast) <= timeOf(addedAfter))
      throw stuck(
        objects.host,
        `it says that there is more after page ${String(count)}, but not how to ask for it`,
      );
    addedAfter = page.addedLast;
  }
}

type Page = ObjectsPage & { hasMore: boolean; next: string | null };

const readPage = async (url: URL, ask: Ask): Promise<Page> => {
  const { value, headers } = await ask(url);
  const { data } = envelopeSchema.safeParse(value);
  if (!data)
    throw new AppError(
      "upstream_rejected",
      `${url.host} answered with something that is no TAXII 2.1 page of objects. Nothing was changed.`,
    );
  const last = headers["x-taxii-date-added-last"] ?? "";
  return {
    objects: data.objects ?? [],
    hasMore: data.more === true,
    next: data.next === null || data.next === undefined || data.next === "" ? null : String(data.next),
    addedLast: Number.isNaN(Date.parse(last)) ? null : last,
  };
};

const addressOf = (objects: URL, addedAfter: string | null, next: string | null): URL => {
  const url = new URL(objects);
  const { searchParams: query } = url;
  if (!query.has("limit")) query.set("limit", String(PAGE_OBJECTS));
  if (!query.has("match[type]")) query.set("match[type]", WANTED_TYPES.join(","));
  query.delete("added_after");
  query.delete("next");
  if (addedAfter !== null) query.set("added_after", addedAfter);
  if (next !== null) query.set("next", next);
  return url;
};

/** Remembers where the pages have been, and throws when they come there again. */
const createSeen = (host: string) => {
  const marks = new Set<string>();
  const pages = new Set<string>();
  let empty = 0;
  return {
    note: ({ objects, next }: Page, count: number): void => {
      const page = `page ${String(count)}`;
      if (count >= MAX_PAGES) throw stuck(host, `there is still more after ${page}`);
      if (next !== null && marks.has(next)) throw stuck(host, `${page} leads back to an earlier one`);
      if (next !== null) marks.add(next);
      empty = objects.length === 0 ? empty + 1 : 0;
      if (empty > MAX_EMPTY)
        throw stuck(host, `it says that there is more, but the pages up to ${page} are empty`);
      if (objects.length === 0) return;
      const content = digestOf(objects);
      if (pages.has(content)) throw stuck(host, `${page} is the same as an earlier one`);
      pages.add(content);
    },
  };
};

const digestOf = (objects: readonly unknown[]): string => {
  const hash = createHash("sha256");
  for (const object of objects)
    hash.update(isRecord(object) ? `${String(object["id"])}@${String(object["modified"])}\n` : "\n");
  return hash.digest("base64");
};

const stuck = (host: string, what: string): AppError =>
  new AppError(
    "upstream_rejected",
    `The pages of ${host} do not come to an end: ${what}. Nothing was changed. Tell whoever runs the server; the next run tries again.`,
    { context: { reason: "endless_pages" } },
  );

const timeOf = (moment: string | null): number =>
  moment === null ? Number.NEGATIVE_INFINITY : Date.parse(moment);

const laterOf = (one: string | null, other: string | null): string | null =>
  timeOf(other) > timeOf(one) ? other : one;

/** What the lines of a body are made of; servers that do not know the filter send more, which is left out. */
export const WANTED_TYPES = ["indicator", "identity", "marking-definition"] as const;
const PAGE_OBJECTS = 1_000;
const MAX_PAGES = 100_000;
const MAX_EMPTY = 5;
