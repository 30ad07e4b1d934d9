import { AppError } from "@/lib/domain/errors";
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
  const sample = createSample();
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
      sample.add(earlier.uuid);
      next = undefined;
    }
  };

  /** The lines of those that the server still has. */
  const findStanding = async (uuids: readonly string[]): Promise<readonly string[]> => {
    const outcome = await search(confirmQuery(settings, uuids), { page: 1, limit: BATCH });
    if (!outcome.ok) throw outcome.tooMuch;
    return readRows(outcome.page, heard).flatMap(({ line }) => line ?? []);
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
      if (!isOrdered) return;
      // So many at once are no accident of paging: they are gone, or the list ended before its time. Some of them tell.
      if (missing.length > MAX_MISSING) {
        if ((await findStanding(sample.items())).length > 0) throw endedEarly();
        return;
      }
      for (let start = 0; start < missing.length; start += BATCH) {
        const uuids = missing.slice(start, start + BATCH);
        yield* await findStanding(uuids);
      }
    },
  };
};

/** Of any number of ids so many as one question takes, spread evenly over all. */
const createSample = () => {
  let kept: string[] = [];
  let count = 0;
  let stride = 1;
  return {
    add: (id: string): void => {
      if (count++ % stride !== 0) return;
      kept.push(id);
      if (kept.length <= BATCH) return;
      stride *= 2;
      kept = kept.filter((_, index) => index % 2 === 0);
    },
    items: (): readonly string[] => kept,
  };
};

const endedEarly = (): AppError =>
  new AppError(
    "upstream_unavailable",
    `The MISP server's list ended before its time: it lacks more than ${MAX_MISSING.toLocaleString("en-US")} attributes that were there before, and some of them still are when asked for by name. Nothing was changed; the next run reads it again. If it stays so, look at the server's error log.`,
    { retry: "later" },
  );

const MAX_MISSING = 5_000;
const BATCH = 200;
