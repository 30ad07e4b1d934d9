/** Consecutive slices of an array, none longer than `size`. */
export function* blocks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (items.length <= size) yield items;
  else for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
