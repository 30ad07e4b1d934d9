/**
 * Does the work for every item, for at most `limit` at once, and gives the results in the order of the items. What is done
 * early waits, and counts among the `limit` until it is taken. Whoever stops reading starts no further work.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const rest = items[Symbol.iterator]();
  const begun: Promise<Result>[] = [];
  const begin = (): void => {
    const next = rest.next();
    if (next.done === true) return;
    const result = work(next.value);
    // It is awaited in its turn; until then nobody is there to hear of its failure.
    result.catch(() => undefined);
    begun.push(result);
  };
  for (let count = 0; count < limit; count += 1) begin();
  for (let first = begun.shift(); first; first = begun.shift()) {
    const result = await first;
    begin();
    yield result;
  }
}
