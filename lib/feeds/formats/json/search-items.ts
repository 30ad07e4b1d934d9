import { AppError } from "@/lib/domain/errors";
import { blocks } from "@/lib/feeds/text/blocks";
import { parseJson } from "@/lib/feeds/text/json";
import { MAX_LINE_CHARS } from "@/lib/feeds/text/lines";

import { evaluatorOf } from "./evaluate";
import { BrokenJson, type ScannedItem } from "./scan";

/**
 * The items that any JMESPath expression finds in a document, which is held in memory for it. An answer that is no list
 * is one item. Throws an AppError past 64 MB.
 */
export async function* searchItems(
  text: AsyncIterable<string>,
  list: string,
): AsyncGenerator<readonly ScannedItem[]> {
  const document = parseJson(await readWhole(text, list));
  if (!document.ok) throw new BrokenJson(`it cannot be read (${document.reason})`);
  const found = evaluate(list, document.value);
  const items = (Array.isArray(found) ? found : [found]).filter(
    (item) => item !== null && item !== undefined,
  );
  for (const block of blocks(items, BLOCK_ITEMS)) yield block.map(toScanned);
}

const readWhole = async (text: AsyncIterable<string>, list: string): Promise<string> => {
  let whole = "";
  for await (const piece of text) {
    whole += piece;
    if (whole.length > MAX_CHARS)
      throw new AppError(
        "upstream_rejected",
        `The document is larger than 64 MB, and “${list}” can only be followed with all of it in memory. ` +
          "Name the list by a path of names, [] and * alone, such as data.items[], and leave conditions out.",
      );
  }
  // Nothing at all has no items, and is for the guard to hold.
  return whole.trim() === "" ? "null" : whole;
};

const evaluate = (list: string, document: unknown): unknown => {
  try {
    return evaluatorOf(list)(document);
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error;
    throw new AppError(
      "upstream_rejected",
      `The path “${list}” does not fit the document: ${error.message}`,
      {
        cause: error,
      },
    );
  }
};

const toScanned = (item: unknown): ScannedItem => {
  const text = JSON.stringify(item);
  return { text: text.slice(0, MAX_LINE_CHARS), isTooLong: text.length > MAX_LINE_CHARS };
};

const MAX_CHARS = 64 * 1024 * 1024;
const BLOCK_ITEMS = 1_000;
