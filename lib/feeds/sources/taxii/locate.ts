import { AppError } from "@/lib/domain/errors";

import type { Ask } from "./ask";
import {
  apiRootSchema,
  collectionSchema,
  collectionsSchema,
  discoverySchema,
  type TaxiiCollection,
} from "./wire";

/** A collection that can be read, and the address of its objects. */
export type Located = { title: string; objects: URL };

type Asked = { address: string; wanted: string | null; ask: Ask };

/**
 * Finds the collection that a feed reads. The address may be that of a server's discovery, of an API root, of the list of
 * collections, of a collection or of its objects; `wanted` is an id, a title or an alias. Throws an AppError that names
 * the choices when there are several.
 */
export const locateCollection = async ({ address, wanted, ask }: Asked): Promise<Located> => {
  const url = new URL(address);
  url.hash = "";
  const [, root, id, objects] = COLLECTION.exec(url.pathname) ?? [];
  if (root !== undefined && id !== undefined && objects !== undefined)
    return { title: decodeURIComponent(id), objects: at(url, `${root}/collections/${id}/objects/`) };
  if (root !== undefined && id !== undefined) return readOne(url, `${root}/collections/${id}/`, ask);
  const lists = root === undefined ? await findLists(url, ask) : [at(url, `${root}/collections/`)];
  return choose(await readLists(lists, ask), wanted, url.host);
};

const readOne = async (url: URL, path: string, ask: Ask): Promise<Located> => {
  const { value } = await ask(at(url, path));
  const { data } = collectionSchema.safeParse(value);
  if (!data) throw notTaxii(url.host, "no collection");
  return choose([{ ...data, objects: at(url, `${path}objects/`) }], data.id, url.host);
};

/** The addresses of the lists of collections of the API roots that a server names, or of the one that the address is. */
const findLists = async (url: URL, ask: Ask): Promise<readonly URL[]> => {
  const { value } = await ask(at(url, slashed(url.pathname)));
  if (apiRootSchema.safeParse(value).success) return [at(url, `${slashed(url.pathname)}collections/`)];
  const { data } = discoverySchema.safeParse(value);
  const roots = [data?.default ?? [], data?.api_roots ?? []]
    .flat()
    .filter((root) => URL.canParse(root, url))
    .map((root) => new URL(root, url));
  // Behind a proxy servers often name themselves by http; they are asked by the scheme that the feed's address has.
  const own = roots.filter(({ hostname, port }) => hostname === url.hostname && port === url.port);
  const [stray] = roots;
  if (own.length === 0)
    throw stray ? elsewhere(url, stray) : notTaxii(url.host, "neither API roots nor an API root");
  const paths = new Set(own.map(({ pathname }) => `${slashed(pathname)}collections/`));
  return [...paths].slice(0, MAX_ROOTS).map((path) => at(url, path));
};

type Choice = TaxiiCollection & { objects: URL };

/** The collections of all API roots; a root that may not be read is passed over while another one may. */
const readLists = async (lists: readonly URL[], ask: Ask): Promise<readonly Choice[]> => {
  const found: Choice[] = [];
  let failure: AppError | null = null;
  for (const list of lists)
    try {
      const { value } = await ask(list);
      const { data } = collectionsSchema.safeParse(value);
      if (!data) throw notTaxii(list.host, "no list of collections");
      for (const collection of data.collections ?? [])
        found.push({
          ...collection,
          objects: at(list, `${list.pathname}${encodeURIComponent(collection.id)}/objects/`),
        });
    } catch (error) {
      if (!(error instanceof AppError) || error.retry === "later") throw error;
      failure ??= error;
    }
  if (found.length === 0 && failure) throw failure;
  return found;
};

const choose = (choices: readonly Choice[], wanted: string | null, host: string): Located => {
  const named = wanted === null ? choices : choices.filter((choice) => isNamed(choice, wanted));
  const readable = named.filter(({ can_read: canRead }) => canRead);
  const [only, ...others] = readable;
  if (only && others.length === 0) return { title: only.title || only.id, objects: only.objects };
  throw new AppError("upstream_rejected", describe({ host, wanted, named, readable, choices }));
};

type Choices = {
  host: string;
  wanted: string | null;
  choices: readonly Choice[];
  named: readonly Choice[];
  readable: readonly Choice[];
};

const describe = ({ host, wanted, choices, named, readable }: Choices): string => {
  if (choices.length === 0)
    return `${host} has no collection that this sign-in may see. Check the user name, password or key.`;
  if (readable.length > 1)
    return `${host} has ${String(readable.length)} ${wanted === null ? "collections to read" : `collections called “${wanted}”`}: ${list(readable)}. Name one by its id in the feed's settings.`;
  if (named.length > 0)
    return `${host} does not let this sign-in read ${list(named)}. Ask whoever runs the server for the right to read it.`;
  return `${host} has no collection “${wanted ?? ""}”. It has: ${list(choices)}.`;
};

const list = (choices: readonly Choice[]): string => {
  const shown = choices.slice(0, MAX_SHOWN).map(({ title, id }) => `“${title || id}” (${id})`);
  const more = choices.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${String(more)} more` : "");
};

const isNamed = ({ id, title, alias }: TaxiiCollection, wanted: string): boolean =>
  [id, title, alias ?? ""].some((name) => name.toLowerCase() === wanted.toLowerCase());

// Whatever stands in the query (some servers want a key there) is said with every request.
const at = (url: URL, path: string): URL => {
  const address = new URL(url);
  address.pathname = path;
  return address;
};

const slashed = (path: string): string => (path.endsWith("/") ? path : `${path}/`);

const notTaxii = (host: string, what: string): AppError =>
  new AppError(
    "upstream_rejected",
    `${host} answered with ${what} as TAXII 2.1 has them. Give the address of its discovery (it often ends in /taxii2/), of an API root or of a collection.`,
  );

const elsewhere = (url: URL, root: URL): AppError =>
  new AppError(
    "upstream_rejected",
    `${url.host} names an API root at ${root.origin}, where the feed's sign-in is not sent. If you trust that server, enter ${root.origin}${root.pathname} as the feed's address.`,
  );

/** The root before it, the id, and whether it is the address of the objects. */
const COLLECTION = /^(.*?)\/collections(?:\/([^/]+)(?:\/(objects))?)?\/?$/;
const MAX_ROOTS = 20;
const MAX_SHOWN = 20;
