import { eventOfLine } from "@/lib/feeds/formats/misp/lines";

/** The events of an earlier body, whose blocks stand in the order of their UUIDs: read once, from its start to its end. */
type PreviousBlocks = {
  /** The lines of one event, none if it is not there. To be asked for in the order of the UUIDs. */
  take: (uuid: string) => AsyncGenerator<string, void, undefined>;
  close: () => Promise<void>;
};

export const readPreviousBlocks = (lines: AsyncIterable<string>): PreviousBlocks => {
  const iterator = lines[Symbol.asyncIterator]();
  /** The line that is next: undefined until it is read, null at the end. */
  let next: string | null | undefined;
  const peek = async (): Promise<string | null> => {
    if (next === undefined) {
      const read = await iterator.next();
      next = read.done === true ? null : read.value;
    }
    return next;
  };
  return {
    async *take(uuid) {
      for (let line = await peek(); line !== null; line = await peek()) {
        const event = eventOfLine(line);
        if (event !== null && event >= uuid) break;
        next = undefined;
      }
      const first = await peek();
      if (first === null || eventOfLine(first) !== uuid) return;
      for (let line: string | null = first; line !== null; line = await peek()) {
        if (line !== first && eventOfLine(line) !== null) return;
        next = undefined;
        yield line;
      }
    },
    close: async () => {
      await iterator.return?.();
    },
  };
};
