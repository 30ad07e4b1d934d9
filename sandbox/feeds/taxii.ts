import { pathParam, type Call } from "../http/call";
import { text, type Headers, type Reply } from "../http/reply";
import type { TaxiiEntry } from "../state/taxii-entry";
import type { Switches } from "../state/switches";
import { type World } from "../world";

import { DEMO_COLLECTION, MIXED_COLLECTION, TAXII_ENTRIES } from "./taxii-objects";

const MEDIA_TYPE = "application/taxii+json;version=2.1";
const MAX_PAGE = 20;

/** `GET /feeds/taxii2/` */
export const discovery = (call: Call): Reply =>
  taxii(call, {
    title: "Sluice sandbox TAXII server",
    description: "Synthetic indicators for trying out TAXII feeds.",
    contact: "none",
    default: `${call.origin}/feeds/taxii2/api/`,
    api_roots: [`${call.origin}/feeds/taxii2/api/`],
  });

/** `GET /feeds/taxii2/api/` */
export const apiRoot = (call: Call): Reply =>
  taxii(call, { title: "Demo", versions: [MEDIA_TYPE], max_content_length: 10_485_760 });

/** `GET /feeds/taxii2/api/collections/` */
export const collections = (call: Call, { state }: World): Reply =>
  taxii(call, { collections: collectionsOf(state.switches) });

/** `GET /feeds/taxii2/api/collections/{id}/` */
export const oneCollection = (call: Call, world: World): Reply => {
  const found = findCollection(call, world);
  return found ? taxii(call, found) : notFound("The collection does not exist.");
};

/** `GET …/objects/`: `added_after`, `limit`, `next`, `match[id|type|version]`; at most 20 objects a page. */
export const collectionObjects = (call: Call, world: World): Reply =>
  page(call, world, (entries) => entries.map(({ object }) => object));

/** `GET …/manifest/` */
export const collectionManifest = (call: Call, world: World): Reply =>
  page(call, world, (entries) =>
    entries.map(({ addedAt, object }) => ({
      id: object.id,
      date_added: addedAt,
      version: object["modified"],
      media_type: "application/stix+json;version=2.1",
    })),
  );

const page = (call: Call, world: World, present: (entries: TaxiiEntry[]) => unknown[]): Reply => {
  const collection = findCollection(call, world);
  if (!collection) return notFound("The collection does not exist.");
  if (!collection.can_read) return taxiiError(403, "The collection may not be read.");
  const limit = Number(call.query.get("limit") ?? String(MAX_PAGE));
  const start = startOf(call.query.get("next"));
  if (!Number.isInteger(limit) || limit < 1)
    return taxiiError(400, "The limit must be a positive whole number.");
  if (start === null) return taxiiError(400, "The parameter next was not given out by this server.");
  const after = call.query.get("added_after");
  if (after !== null && Number.isNaN(Date.parse(after)))
    return taxiiError(400, "added_after is not a timestamp.");
  const found = entriesOf(world, collection.id, call.query.get("match[version]"))
    .filter(({ addedAt }) => after === null || Date.parse(addedAt) > Date.parse(after))
    .filter(({ object }) => isAmong(call.query.get("match[id]"), object.id))
    .filter(({ object }) => isAmong(call.query.get("match[type]"), object.type));
  const entries = found.slice(start.from, start.from + Math.min(limit, MAX_PAGE));
  const end = start.from + entries.length;
  const paging = pagingOf(world.state.switches.taxiiNext, {
    end,
    isLast: end >= found.length,
    round: start.round,
  });
  const [first, last] = [entries.at(0), entries.at(-1)];
  return taxii(
    call,
    entries.length === 0 ? {} : { ...paging, objects: present(entries) },
    first === undefined || last === undefined
      ? {}
      : { "x-taxii-date-added-first": first.addedAt, "x-taxii-date-added-last": last.addedAt },
  );
};

type Position = { end: number; isLast: boolean; round: number };

const pagingOf = (way: Switches["taxiiNext"], { end, isLast, round }: Position) => {
  switch (way) {
    case "ends":
      return isLast ? { more: false } : { more: true, next: `page-${String(end)}` };
    case "by-date":
      return { more: !isLast };
    case "same-mark":
      return { more: true, next: "page-0" };
    case "same-page":
      return { more: true, next: `page-0-${String(round + 1)}` };
  }
};

/** In the order in which they were added; of each object the last version, unless all are asked for. */
const entriesOf = ({ state }: World, collection: string, versions: string | null): TaxiiEntry[] => {
  const all = [...TAXII_ENTRIES, ...state.taxiiAdded].filter((entry) => entry.collection === collection);
  if (versions === "all") return all;
  const last = new Map(all.map((entry) => [entry.object.id, entry]));
  return all.filter((entry) => last.get(entry.object.id) === entry);
};

const collectionsOf = ({ taxiiCollections }: Switches) => [
  {
    id: DEMO_COLLECTION,
    title: "Demo indicators",
    description: "Sixty synthetic indicators",
    can_read: true,
    can_write: false,
    media_types: ["application/stix+json;version=2.1"],
  },
  {
    id: MIXED_COLLECTION,
    title: "Mixed objects",
    description: "Patterns of all kinds, identities, STIX 2.0",
    can_read: taxiiCollections === "two-readable",
    can_write: false,
    media_types: ["application/stix+json;version=2.1"],
  },
];

const findCollection = (call: Call, { state }: World) =>
  collectionsOf(state.switches).find(({ id }) => id === pathParam(call, "collection"));

const startOf = (next: string | null): { from: number; round: number } | null => {
  if (next === null) return { from: 0, round: 0 };
  const [, from, round] = /^page-(\d{1,6})(?:-(\d{1,9}))?$/.exec(next) ?? [];
  return from === undefined ? null : { from: Number(from), round: Number(round ?? 0) };
};

const isAmong = (wanted: string | null, given: string): boolean =>
  wanted === null || wanted.split(",").includes(given);

/** TAXII 2.1 answers only to those who accept its media type. */
const taxii = (call: Call, value: unknown, headers: Headers = {}): Reply => {
  const accepted = (call.headers.accept ?? "").toLowerCase();
  const accepts = accepted.includes("application/taxii+json") || accepted.includes("*/*");
  if (!accepts) return taxiiError(406, `The media type must be ${MEDIA_TYPE}.`);
  return text(200, MEDIA_TYPE, JSON.stringify(value), headers);
};

const taxiiError = (status: number, title: string): Reply =>
  text(status, MEDIA_TYPE, JSON.stringify({ title, http_status: String(status) }));

const notFound = (title: string): Reply => taxiiError(404, title);
