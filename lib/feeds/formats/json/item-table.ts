import { isRecord } from "@/lib/feeds/text/json";

/** Items as a table: a column for each path to a text in them, a row for each item. */
export type ItemTable = {
  paths: readonly string[];
  /** The last name of each path. */
  names: readonly string[];
  rows: readonly (readonly string[])[];
};

/** Lays items out as a table, to look at them as at a list with columns. Of a list inside an item the first counts. */
export const toTable = (items: readonly unknown[]): ItemTable => {
  const columns = new Map<string, string>();
  const found = items.slice(0, MAX_ROWS).map((item) => {
    const cells = new Map<string, string>();
    for (const { path, name, text } of leavesOf(item, "", "", 0)) {
      if (columns.size < MAX_COLUMNS || columns.has(path)) columns.set(path, name);
      if (!cells.has(path)) cells.set(path, text);
    }
    return cells;
  });
  const paths = [...columns.keys()];
  return {
    paths,
    names: [...columns.values()],
    rows: found.map((cells) => paths.map((path) => cells.get(path) ?? "")),
  };
};

/** The path of a name below another path, as JMESPath writes it. */
export const joinPath = (path: string, name: string): string => {
  const last = PLAIN_NAME.test(name) ? name : JSON.stringify(name);
  return path === "" || path === "@" ? last : `${path}.${last}`;
};

type Leaf = { path: string; name: string; text: string };

function* leavesOf(value: unknown, path: string, name: string, depth: number): Generator<Leaf> {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    yield { path: path === "" ? "@" : path, name, text: String(value).trim() };
  else if (depth >= MAX_DEPTH) return;
  else if (Array.isArray(value)) {
    const first: unknown = value[0];
    // A list of texts is read as it is, a list of objects by what is in each.
    yield* leavesOf(first, isRecord(first) ? `${path}[]` : path, name, depth + 1);
  } else if (isRecord(value))
    for (const [key, inner] of Object.entries(value))
      yield* leavesOf(inner, joinPath(path, key), key, depth + 1);
}

const PLAIN_NAME = /^[a-z_]\w*$/i;
const MAX_ROWS = 50;
const MAX_COLUMNS = 60;
const MAX_DEPTH = 5;
