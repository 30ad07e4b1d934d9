import { TreeInterpreter } from "@jmespath-community/jmespath";

import { AppError } from "@/lib/domain/errors";
import { compilePath, type PathNode } from "@/lib/domain/feed/json-path";
import { isRecord } from "@/lib/feeds/text/json";

/** What a path finds in an item; null or undefined for nothing. Throws an Error when a function does not fit a value. */
export type Evaluate = (item: unknown) => unknown;

/** Prepares a path for many items. Throws an AppError for one that does not compile. */
export const evaluatorOf = (path: string): Evaluate => {
  const node = compiledPath(path);
  const names = namesOf(node);
  return names ? (item) => names.reduce(fieldOf, item) : (item) => TreeInterpreter.search(node, toJson(item));
};

/** The compiled path of a setting. Throws an AppError for one that does not compile. */
export const compiledPath = (path: string): PathNode => {
  const node = compilePath(path);
  if (typeof node === "string") throw new AppError("invalid_input", node);
  return node;
};

/** The names of a path that is made of nothing else; most are, and to follow them by hand is many times as fast. */
const namesOf = (node: PathNode): readonly string[] | null => {
  if (node.type === "Current" || node.type === "Identity") return [];
  if (node.type === "Field") return [node.name];
  if (node.type !== "Subexpression") return null;
  const [left, right] = [namesOf(node.left), namesOf(node.right)];
  return left && right && [...left, ...right];
};

const fieldOf = (item: unknown, name: string): unknown =>
  isRecord(item) && Object.hasOwn(item, name) ? item[name] : null;

type Json = Parameters<typeof TreeInterpreter.search>[1];

// Only what JSON.parse gave is ever searched, which no check could tell at a reasonable price.
const toJson = (item: unknown): Json => item as Json;
