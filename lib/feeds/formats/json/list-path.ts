import type { PathNode } from "@/lib/domain/feed/json-path";

/** One step from a document down to its items. */
export type Step =
  /** Into the field of that name. */
  | { kind: "key"; name: string }
  /** Into every field. */
  | { kind: "values" }
  /** Into every element; what is no list has none. */
  | { kind: "elements" }
  /** Into every element of a list; anything else is itself. */
  | { kind: "unfold" };

/**
 * The way down to the items that a path names, for a path that is made of names, `[]`, `[*]` and `*`: those can be
 * followed while the document arrives. Null for every other path. A list at its end gives its elements as items, as
 * reading the path with JMESPath and going through the answer would.
 */
export const toSteps = (path: PathNode): readonly Step[] | null => {
  const walk = walkDown(path);
  if (walk === null) return null;
  return walk.isProjected ? walk.steps : [...walk.steps, UNFOLD];
};

/** `isProjected`: the answer is a list of what the steps lead to, and no single value. */
type Walk = { steps: readonly Step[]; isProjected: boolean };

const walkDown = (node: PathNode): Walk | null => {
  if (node.type === "Current" || node.type === "Identity") return HERE;
  if (node.type === "Field") return { steps: [{ kind: "key", name: node.name }], isProjected: false };
  if (node.type === "Subexpression")
    return then(single(walkDown(node.left)), single(walkDown(node.right)), false);
  if (node.type === "Projection") return then(elementsOf(node.left), single(walkDown(node.right)), true);
  if (node.type === "ValueProjection")
    return then(then(single(walkDown(node.left)), VALUES, true), single(walkDown(node.right)), true);
  return null;
};

const elementsOf = (node: PathNode): Walk | null => {
  if (node.type !== "Flatten") return then(single(walkDown(node)), ELEMENTS, true);
  const inner = walkDown(node.child);
  if (inner === null) return null;
  return inner.isProjected ? then(inner, UNFOLDED, true) : then(then(inner, ELEMENTS, true), UNFOLDED, true);
};

/** A list of lists would have to be kept as one item. */
const single = (walk: Walk | null): Walk | null => (walk?.isProjected === true ? null : walk);

const then = (first: Walk | null, next: Walk | null, isProjected: boolean): Walk | null =>
  first && next && { steps: [...first.steps, ...next.steps], isProjected };

const HERE: Walk = { steps: [], isProjected: false };
const UNFOLD: Step = { kind: "unfold" };
const UNFOLDED: Walk = { steps: [UNFOLD], isProjected: false };
const ELEMENTS: Walk = { steps: [{ kind: "elements" }], isProjected: false };
const VALUES: Walk = { steps: [{ kind: "values" }], isProjected: false };
