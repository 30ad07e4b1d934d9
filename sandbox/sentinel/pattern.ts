type Observable = { key: string; value: string };

const SIMPLE = /^\[\s*([a-z0-9-]+):([\w.'-]+)\s*=\s*'((?:[^'\\]|\\.)*)'\s*\]$/i;

/** Key and value of a pattern that is one equality; null for any other, which Sentinel stores but does not index. */
export const parseSimplePattern = (pattern: string): Observable | null => {
  const match = SIMPLE.exec(pattern.trim());
  const [, type, path, literal] = match ?? [];
  if (type === undefined || path === undefined || literal === undefined) return null;
  return { key: `${type}:${path}`, value: literal.replaceAll(/\\(.)/g, "$1") };
};

/** The pattern type of the older management family, such as `url` or `file`. */
export const patternTypeOf = (observable: Observable | null): string =>
  observable?.key.split(":")[0] ?? "unknown";
