type Bytes = AsyncIterable<Uint8Array>;

type Options = {
  maxBytes: number;
  /** When it fires, what has come is enough, if anything has. */
  late: AbortSignal;
  /** Lets go of the connection; what still waits for it ends with an error that nobody reads. */
  letGo: () => void;
};

/** As much of a body as is to be looked at; the rest is not waited for. `isCut` tells whether there may be more. */
export const takeBeginning = (source: Bytes, { maxBytes, late, letGo }: Options) => {
  let isCut = false;
  const read = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = source[Symbol.asyncIterator]();
    const isLate = whenFired(late);
    let bytes = 0;
    // Whoever reads may stop as well: the connection is let go of either way.
    try {
      while (!isCut) {
        const next = iterator.next();
        const result = await (bytes === 0 ? next : Promise.race([next, isLate]));
        if (result === LATE) {
          isCut = true;
          next.catch(ignore);
          break;
        }
        if (result.done === true) return;
        const part = result.value.subarray(0, maxBytes - bytes);
        isCut = part.length < result.value.length;
        bytes += part.length;
        yield part;
      }
    } finally {
      letGo();
      iterator.return?.().catch(ignore);
    }
  };
  return { read: read(), isCut: (): boolean => isCut };
};

const LATE = Symbol("late");

const whenFired = (signal: AbortSignal): Promise<typeof LATE> =>
  new Promise((resolve) => {
    const fire = (): void => {
      resolve(LATE);
    };
    if (signal.aborted) fire();
    else signal.addEventListener("abort", fire, { once: true });
  });

/** What was let go breaks off. */
const ignore = (): void => undefined;
