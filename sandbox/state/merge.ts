type Tree = Record<string, unknown>;

/** Whether a value is an object with named parts. */
export const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A copy of `base` in which the leaves named by `changes` are replaced, at any depth. */
export const merge = (base: Tree, changes: Tree): Tree => {
  const merged: Tree = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    const old = merged[name];
    merged[name] = isTree(old) && isTree(value) ? merge(old, value) : value;
  }
  return merged;
};
