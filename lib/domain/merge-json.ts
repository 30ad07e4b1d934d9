/** What a JSON merge patch (RFC 7396) makes of a value: objects are merged, null takes a member away, anything else is replaced whole. */
export const mergeJson = (before: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(before) ? Object.entries(before) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) merged.delete(name);
    else merged.set(name, mergeJson(merged.get(name), value));
  }
  return Object.fromEntries(merged);
};

/** The merge patch that makes one object of another. */
export const diffJson = (before: object, after: object): Record<string, unknown> => {
  const [old, wanted] = [withoutUndefined(before), withoutUndefined(after)];
  const gone = [...old.keys()].filter((name) => !wanted.has(name)).map((name) => [name, null] as const);
  const changed = [...wanted].flatMap(([name, value]) => {
    const patch = diffValue(old.get(name), value);
    return patch === undefined ? [] : [[name, patch] as const];
  });
  return Object.fromEntries([...gone, ...changed]);
};

/** Undefined where nothing has to change. */
const diffValue = (before: unknown, after: unknown): unknown => {
  if (!isObject(before) || !isObject(after))
    return JSON.stringify(before) === JSON.stringify(after) ? undefined : after;
  const patch = diffJson(before, after);
  return Object.keys(patch).length === 0 ? undefined : patch;
};

const withoutUndefined = (value: object): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(value).filter(([, member]) => member !== undefined));

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
