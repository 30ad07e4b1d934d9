import { createHash } from "node:crypto";

import { pathParam, type Call } from "../http/call";
import { text, type Headers, type Reply } from "../http/reply";

const MEDIA_TYPE = "application/taxii+json;version=2.1";
const COLLECTION = "7a511000-0a0a-4b0b-8c0c-000000000021";
const MAX_PAGE = 20;
const OBJECT_COUNT = 60;
const FIRST_ADDED_MS = Date.parse("2026-10-01T00:00:00Z");

type Entry = { addedAt: string; object: Record<string, unknown> & { id: string; modified: string } };

const idOf = (number: number): string => {
  const hex = createHash("sha1")
    .update(`sluice-taxii:${String(number)}`)
    .digest("hex");
  return `indicator--${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const patternOf = (number: number): string => {
  const host = `taxii-${String(number).padStart(2, "0")}.example-sluice-demo.com`;
  if (number % 3 === 0)
    return `[file:hashes.'SHA-256' = '${createHash("sha256").update(host).digest("hex")}']`;
  return number % 3 === 1 ? `[domain-name:value = '${host}']` : `[url:value = 'http://${host}/index.php']`;
};

/** Sixty indicators, added six hours apart. Number 60 is revoked. */
const ENTRIES: Entry[] = Array.from({ length: OBJECT_COUNT }, (_, index) => {
  const number = index + 1;
  const at = new Date(FIRST_ADDED_MS + index * 21_600_000).toISOString();
  return {
    addedAt: at.replace("Z", "000Z"),
    object: {
      type: "indicator",
      spec_version: "2.1",
      id: idOf(number),
      created: at,
      modified: at,
      name: `Demo indicator ${String(number)}`,
      indicator_types: ["malicious-activity"],
      pattern: patternOf(number),
      pattern_type: "stix",
      valid_from: at,
      confidence: 50 + (number % 5) * 10,
      labels: ["sluice-demo"],
      object_marking_refs: ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
      ...(number === OBJECT_COUNT ? { revoked: true } : {}),
    },
  };
});

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
export const collections = (call: Call): Reply => taxii(call, { collections: [collection()] });

/** `GET /feeds/taxii2/api/collections/{id}/` */
export const oneCollection = (call: Call): Reply =>
  isKnown(call) ? taxii(call, collection()) : notFound("The collection does not exist.");

/** `GET …/objects/`: `added_after`, `limit`, `next`, `match[id]`, `match[type]`; at most 20 objects a page. */
export const collectionObjects = (call: Call): Reply =>
  page(call, (entries) => entries.map(({ object }) => object));

/** `GET …/manifest/` */
export const collectionManifest = (call: Call): Reply =>
  page(call, (entries) =>
    entries.map(({ addedAt, object }) => ({
      id: object.id,
      date_added: addedAt,
      version: object.modified,
      media_type: "application/stix+json;version=2.1",
    })),
  );

const page = (call: Call, present: (entries: Entry[]) => unknown[]): Reply => {
  if (!isKnown(call)) return notFound("The collection does not exist.");
  const limit = Number(call.query.get("limit") ?? String(MAX_PAGE));
  const start = startOf(call.query.get("next"));
  if (!Number.isInteger(limit) || limit < 1)
    return taxiiError(400, "The limit must be a positive whole number.");
  if (start === null) return taxiiError(400, "The parameter next was not given out by this server.");
  const after = call.query.get("added_after");
  if (after !== null && Number.isNaN(Date.parse(after)))
    return taxiiError(400, "added_after is not a timestamp.");
  const found = ENTRIES.filter(({ addedAt }) => after === null || Date.parse(addedAt) > Date.parse(after))
    .filter(({ object }) => isAmong(call.query.get("match[id]"), object.id))
    .filter(({ object }) => isAmong(call.query.get("match[type]"), String(object["type"])));
  const entries = found.slice(start, start + Math.min(limit, MAX_PAGE));
  const end = start + entries.length;
  const [first, last] = [entries.at(0), entries.at(-1)];
  const more = end < found.length;
  return taxii(
    call,
    entries.length === 0
      ? {}
      : { more, ...(more ? { next: `page-${String(end)}` } : {}), objects: present(entries) },
    first === undefined || last === undefined
      ? {}
      : { "x-taxii-date-added-first": first.addedAt, "x-taxii-date-added-last": last.addedAt },
  );
};

const collection = () => ({
  id: COLLECTION,
  title: "Demo indicators",
  description: "Sixty synthetic indicators",
  can_read: true,
  can_write: false,
  media_types: ["application/stix+json;version=2.1"],
});

const isKnown = (call: Call): boolean => pathParam(call, "collection") === COLLECTION;

const startOf = (next: string | null): number | null => {
  if (next === null) return 0;
  const start = /^page-(\d{1,6})$/.exec(next)?.[1];
  return start === undefined ? null : Number(start);
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
