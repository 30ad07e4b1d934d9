/**
 * Yields what `next` gives until that is null; the one after it is made while its reader works. What `next` throws is thrown
 * where it would have been yielded; whoever stops early waits for the one under way.
 */
export async function* oneAhead<T>(next: () => Promise<T | null>): AsyncGenerator<T, void, undefined> {
  let coming = begin(next);
  try {
    for (;;) {
      const item = await coming;
      if (item === null) return;
      coming = begin(next);
      yield item;
    }
  } finally {
    await coming.catch(toldOrNotAskedFor);
  }
}

const begin = <T>(next: () => Promise<T | null>): Promise<T | null> => {
  const coming = next();
  // It may fail before anybody awaits it.
  coming.catch(toldOrNotAskedFor);
  return coming;
};

const toldOrNotAskedFor = (): void => undefined;
