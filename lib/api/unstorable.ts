/**
 * Where a value from outside holds text that PostgreSQL stores in no column: a NUL character (U+0000), or half of a surrogate
 * pair. A schema that takes any text would let them pass.
 */
export const findUnstorable = (
  value: unknown,
  path: readonly PropertyKey[] = [],
): (readonly PropertyKey[])[] => {
  if (typeof value === "string") return value.includes("\0") || /\p{Cs}/u.test(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => findUnstorable(inner, [...path, key]));
};
