import { z } from "zod";

import { contextOf, readWhole, useSite } from "../../testing/site";
import { collectTaxii } from "../collect";

const MEDIA_TYPE = "application/taxii+json;version=2.1";
/** The id of the collection that is served. */
export const SERVED_ID = "11111111-1111-4111-8111-111111111111";

type Stix = Record<string, unknown> & { id: string };
type Served = { at: string; object: Stix };

const hostOf = (number: number): string => `h${String(number)}.example.com`;
export const indicator = (number: number, more: Record<string, unknown> = {}): Stix => ({
  type: "indicator",
  spec_version: "2.1",
  id: `indicator--00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
  modified: "2026-11-01T00:00:00.000Z",
  pattern: `[domain-name:value = '${hostOf(number)}']`,
  pattern_type: "stix",
  valid_from: "2026-11-01T00:00:00Z",
  ...more,
});
export const identity = {
  type: "identity",
  id: "identity--00000000-0000-4000-8000-00000000000a",
  name: "ACME",
};

/** An object each hour of 1 November, the first at midnight. */
export const served = (objects: readonly Stix[]): Served[] =>
  objects.map((object, hour) => ({ at: new Date(Date.UTC(2026, 10, 1, hour)).toISOString(), object }));

export type World = {
  entries: Served[];
  pageSize?: number;
  /** Spoils a page of objects. */
  spoil?: (page: Record<string, unknown>, query: URLSearchParams) => Record<string, unknown>;
  hasDates?: boolean;
  collections?: readonly Record<string, unknown>[];
};

export const five = (): Served[] => served([1, 2, 3, 4, 5].map((number) => indicator(number)));

const lineSchema = z.looseObject({ id: z.string(), type: z.string() });
/** The object on a line of a body. */
export const readLine = (line = ""): z.infer<typeof lineSchema> => lineSchema.parse(JSON.parse(line));
export const idsOf = (lines: readonly string[]): string[] => lines.map((line) => readLine(line).id.slice(-4));

/** A TAXII server on this machine. */
export const useTaxiiSite = () => {
  const site = useSite();
  const discovery = (): string => site.url("/taxii2/");
  const serveWorld = ({
    entries,
    pageSize = 2,
    spoil = (page) => page,
    hasDates = true,
    collections,
  }: World): void => {
    site.serve(({ path, headers }) => {
      if (headers.accept !== MEDIA_TYPE) return { status: 406, body: "{}" };
      const url = new URL(path, "http://site");
      const answer = (value: unknown, more: Record<string, string> = {}) => ({
        headers: { "content-type": MEDIA_TYPE, ...more },
        body: JSON.stringify(value),
      });
      switch (url.pathname) {
        case "/taxii2/":
          return answer({
            title: "Test",
            default: site.url("/root/"),
            api_roots: [
              site.url("/root/").replace("http:", "https:"),
              "/root/",
              "https://other.example.com/",
            ],
          });
        case "/root/":
          return answer({ title: "Root", versions: [MEDIA_TYPE], max_content_length: 1_000 });
        case "/root/collections/":
          return answer({
            collections: collections ?? [{ id: SERVED_ID, title: "Indicators", can_read: true }],
          });
        case `/root/collections/${SERVED_ID}/`:
          return answer({ id: SERVED_ID, title: "Indicators", can_read: true });
        case `/root/collections/${SERVED_ID}/objects/`: {
          const after = url.searchParams.get("added_after");
          const found = entries.filter(({ at }) => after === null || at > after);
          const start = Number(url.searchParams.get("next") ?? 0);
          const page = found.slice(start, start + pageSize);
          const hasMore = start + pageSize < found.length;
          const envelope =
            page.length === 0
              ? {}
              : {
                  more: hasMore,
                  ...(hasMore && { next: String(start + pageSize) }),
                  objects: page.map(({ object }) => object),
                };
          const last = page.at(-1)?.at;
          return answer(
            spoil(envelope, url.searchParams),
            hasDates && last !== undefined ? { "x-taxii-date-added-last": last } : {},
          );
        }
        default:
          return { status: 404 };
      }
    });
  };

  return {
    ...site,
    discovery,
    serveWorld,
    collect: async (address = discovery(), given: Parameters<typeof contextOf>[1] = {}) =>
      readWhole(await collectTaxii(contextOf(address, given))),
    /** The queries of the requests for objects. */
    objectQueries: (): URLSearchParams[] =>
      site
        .paths()
        .filter((path) => path.includes("/objects/"))
        .map((path) => new URL(path, "http://site").searchParams),
  };
};
