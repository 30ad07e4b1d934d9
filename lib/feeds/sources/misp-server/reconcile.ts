import type { MispSettings } from "@/lib/domain/feed/misp-settings";
import { numberOfLine, uuidOfLine } from "@/lib/feeds/formats/misp/lines";

import { confirmQuery } from "./query";
import { type Heard, readRows } from "./read-rows";
import type { Search } from "./search";

type Options = {
  /** The lines of the earlier body. */
  previous: AsyncIterable<string>;
  search: Search;
  settings: MispSettings;
  heard: Heard;
};

/**
 * A full list by its pages may lack attributes: when some are taken away while it is read, what follows moves up, over the
 * border of a page. So what the earlier body held and the list lacks is asked for by name before it counts as gone. Both stand
 * in the order of the server's numbers; where the server does not keep that order, nothing can be told and nothing is asked.
 */
export const createReconciler = ({ previous, search, settings, heard }: Options) => {
  const iterator = previous[Symbol.asyncIterator]();
  const missing: string[] = [];
  let next: { uuid: string; number: number } | null | undefined;
  let last = -1;
  let isOrdered = true;

  const peek = async () => {
    while (next === undefined) {
      const read = await iterator.next();
      if (read.done === true) next = null;
      else {
        const [uuid, number] = [uuidOfLine(read.value), numberOfLine(read.value)];
        if (uuid !== null && number !== null) next = { uuid, number };
      }
    }
    return next;
  };
  const passUntil = async (number: number): Promise<void> => {
    for (let earlier = await peek(); earlier && earlier.number < number; earlier = await peek()) {
      if (missing.length <= MAX_MISSING) missing.push(earlier.uuid);
      next = undefined;
    }
  };

  return {
    /** To be told of every attribute of the list, in its order. */
    see: async (id: string): Promise<void> => {
      const number = Number(id);
      isOrdered &&= id !== "" && number > last;
      last = number;
      if (!isOrdered) return;
      await passUntil(number);
      if ((await peek())?.number === number) next = undefined;
    },
    /** The lines of those that the list lacks and the server still has. */
    async *end(): AsyncGenerator<string, void, undefined> {
      if (isOrdered) await passUntil(Number.POSITIVE_INFINITY);
      await iterator.return?.();
      // So many at once are no accident of paging; the guards look at such a run.
      if (!isOrdered || missing.length > MAX_MISSING) return;
      for (let start = 0; start < missing.length; start += BATCH) {
        const uuids = missing.slice(start, start + BATCH);
        const outcome = await search(confirmQuery(settings, uuids), { page: 1, limit: BATCH });
        if (!outcome.ok) throw outcome.tooMuch;
        for (const { line } of readRows(outcome.page, heard)) if (line !== null) yield line;
      }
    },
  };
};

const MAX_MISSING = 5_000;
const BATCH = 200;
