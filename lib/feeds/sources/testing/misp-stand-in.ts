import { z } from "zod";

import { useSite } from "./site";

const KEY = "0123456789abcdefghijABCDEFGHIJ0123456789";

type StandInAttribute = {
  id: number;
  uuid: string;
  value: string;
  timestamp: number;
  type?: string;
  to_ids?: boolean;
  deleted?: boolean;
  published?: boolean;
  publishedAt?: number;
  tags?: string[];
};

const searchSchema = z.object({
  page: z.number(),
  limit: z.number(),
  order: z.string(),
  deleted: z.array(z.number()).default([0]),
  timestamp: z.number().default(0),
  publish_timestamp: z.union([z.number(), z.string()]).default(0),
  published: z.literal(1).optional(),
  to_ids: z.literal(1).optional(),
  uuid: z.array(z.string()).optional(),
});
type Search = z.infer<typeof searchSchema>;

type Answer = { status?: number; headers?: Record<string, string>; body: string };
type Spoiled = {
  attributes: StandInAttribute[];
  /** Pages larger than this end in a 500. */
  mostRows: number;
  /** Called before a page is put together. */
  before: (search: Search) => void;
  /** Comes instead of what would be answered, unless it is null. */
  answer: (path: string, body: string) => Answer | null;
};

const sound = (): Spoiled => ({
  attributes: [],
  mostRows: Number.POSITIVE_INFINITY,
  before: () => undefined,
  answer: () => null,
});

/** A MISP server on this machine with just enough of a search to page through, change and spoil. */
export const useMispStandIn = () => {
  const site = useSite();
  const state = sound();
  const searches: Search[] = [];

  /** Starts or heals it; its attributes stay. */
  const serve = (): void => {
    searches.length = 0;
    Object.assign(state, { ...sound(), attributes: state.attributes });
    site.serve(({ path, body, headers }) => {
      const special = state.answer(path, body);
      if (special) return special;
      const isAllowed = headers.authorization === undefined || headers.authorization === KEY;
      if (!isAllowed)
        return { status: 403, body: JSON.stringify({ name: "no", message: "Authentication failed." }) };
      if (path.endsWith("/servers/getVersion")) return { body: JSON.stringify({ version: "2.5.1" }) };
      if (path.endsWith("/users/view/me"))
        return {
          body: JSON.stringify({
            User: { email: "someone@example.com", authkey: KEY },
            Role: { name: "Sync user", perm_sync: "1" },
            Organisation: { name: "Example CERT" },
          }),
        };
      const search = searchSchema.parse(JSON.parse(body));
      searches.push(search);
      state.before(search);
      if (search.limit > state.mostRows)
        return { status: 500, body: "<br /><b>Fatal error</b>: Allowed memory size" };
      return page(search);
    });
  };

  const page = (search: Search) => {
    // They stand in the order of their numbers.
    const fits = state.attributes.filter(
      (one) =>
        search.deleted.includes(one.deleted === true ? 1 : 0) &&
        one.timestamp >= search.timestamp &&
        (typeof search.publish_timestamp === "string" ||
          (one.publishedAt ?? 0) >= search.publish_timestamp) &&
        (search.published === undefined || one.published !== false) &&
        (search.to_ids === undefined || one.to_ids !== false) &&
        (search.uuid === undefined || search.uuid.includes(one.uuid)),
    );
    const { limit } = search;
    if (search.order.endsWith("desc")) fits.reverse();
    const rows = fits.slice((search.page - 1) * limit, search.page * limit);
    return {
      headers: { "content-type": "application/json", "x-skipped-elements-count": "0" },
      body: JSON.stringify({ response: { Attribute: rows.map(present) } }),
    };
  };

  return { site, state, searches, serve };
};

const present = ({ id, uuid, value, timestamp, ...one }: StandInAttribute) => ({
  id: String(id),
  event_id: "1",
  uuid,
  type: one.type ?? "domain",
  category: "Network activity",
  value,
  to_ids: one.to_ids ?? true,
  timestamp: String(timestamp),
  deleted: one.deleted ?? false,
  Event: {
    id: "1",
    uuid: "5ca1ab1e-0000-4000-8000-00000000000e",
    info: "An event",
    published: one.published ?? true,
    publish_timestamp: String(one.publishedAt ?? 0),
    timestamp: String(timestamp),
    Orgc: { name: "Example CERT", uuid: "5ca1ab1e-0000-4000-8000-000000000001" },
    Tag: [{ name: "tlp:green" }],
  },
  Tag: [...(one.tags ?? []).map((name) => ({ name })), { name: "tlp:green", inherited: 1 }],
});

/** So many attributes, one a minute. */
export const makeAttributes = (count: number, start = 1): StandInAttribute[] =>
  Array.from({ length: count }, (_, index) => {
    const id = start + index;
    return {
      id,
      uuid: `5ca1ab1e-0000-4000-9000-${String(id).padStart(12, "0")}`,
      value: `host-${String(id)}.example.com`,
      timestamp: 1_790_000_000 + id * 60,
      publishedAt: 1_780_000_000,
    };
  });
