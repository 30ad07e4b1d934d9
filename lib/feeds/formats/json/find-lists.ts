import { normalise } from "@/lib/domain/indicator/normalise";
import { isRecord } from "@/lib/feeds/text/json";

import { joinPath } from "./item-table";

/** A list in a document that may be the one with the indicators. */
export type FoundList = { path: string; items: readonly unknown[] };

/** The lists in a document, the outer ones first: arrays, objects that are used as lists, and lists inside lists. */
export function* findLists(value: unknown, path = "@", depth = 0): Generator<FoundList> {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    yield { path, items: value };
    yield* listsInside(value, `${path === "@" ? "" : path}[]`, depth);
  } else if (isRecord(value)) yield* listsOfObject(value, path, depth);
}

function* listsOfObject(
  object: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
): Generator<FoundList> {
  const entries = Object.entries(object).slice(0, MAX_NAMES);
  const values = entries.map(([, value]) => value);
  const below = path === "@" ? "*" : `${path}.*`;
  const isSeveral = values.length > 1;
  if (isSeveral && values.every(Array.isArray)) yield { path: `${below}[]`, items: values.flat() };
  if (isSeveral && values.every(isRecord)) {
    yield { path: below, items: values };
    yield* listsInside(values, below, depth);
  }
  // Where the values themselves are the names, what stands beside them is told by no path.
  if (entries.length > 0 && entries.every(([name]) => normalise(name).ok))
    yield { path: `keys(${path})`, items: entries.map(([name]) => name) };
  for (const [name, inner] of entries) yield* findLists(inner, joinPath(path, name), depth + 1);
}

/** What is a list in each of several items, taken together. */
function* listsInside(items: readonly unknown[], path: string, depth: number): Generator<FoundList> {
  const objects = items.slice(0, MAX_ITEMS).filter(isRecord);
  const names = new Set(objects.flatMap((object) => Object.keys(object)));
  for (const name of [...names].slice(0, MAX_NAMES)) {
    const values = objects
      .map((object) => object[name])
      .filter((value) => value !== null && value !== undefined);
    const inner = joinPath(path, name);
    if (values.length > 0 && values.every(Array.isArray)) {
      yield { path: `${inner}[]`, items: values.flat() };
      if (depth < MAX_DEPTH) yield* listsInside(values.flat(), `${inner}[]`, depth + 1);
    } else if (values.some(isRecord) && depth < MAX_DEPTH) yield* listsInside(values, inner, depth + 1);
  }
}

const MAX_DEPTH = 4;
const MAX_NAMES = 100;
const MAX_ITEMS = 50;
