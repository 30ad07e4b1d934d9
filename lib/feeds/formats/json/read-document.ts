import { AppError } from "@/lib/domain/errors";
import type { ParsedRow, ParseSettings } from "@/lib/feeds/contract";
import { rejectedRow } from "@/lib/feeds/formats/candidate";
import { parseJson } from "@/lib/feeds/text/json";
import { isWebPage } from "@/lib/feeds/text/web-page";

import { compiledPath } from "./evaluate";
import { toSteps, type Step } from "./list-path";
import { itemReader } from "./read-item";
import { BrokenJson, createScanner, type ScannedItem } from "./scan";
import { searchItems } from "./search-items";

/**
 * The rows of one document: each item of its list is one, numbered from 1. The document is read while it arrives when
 * the path to the list allows that, else it must fit into memory. Throws an AppError for a document that is broken.
 */
export async function* readDocument(
  text: AsyncIterable<string>,
  settings: ParseSettings,
): AsyncGenerator<readonly ParsedRow[]> {
  const { list } = settings.json;
  const steps = toSteps(compiledPath(list));
  const readItem = itemReader(settings);
  let number = 0;
  const toRow = (item: ScannedItem): ParsedRow => {
    number++;
    if (item.isTooLong) return rejectedRow(number, item.text, "line_too_long", TOO_LONG);
    const parsed = parseJson(item.text);
    if (parsed.ok) return readItem(number, item.text, parsed.value);
    throw new BrokenJson(`item ${number.toLocaleString("en-US")} cannot be read (${parsed.reason})`);
  };
  try {
    const data = untilWebPage(text);
    for await (const items of steps ? scanItems(data, steps) : searchItems(data, list))
      yield items.map(toRow);
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
    const reason = `The answer is no whole JSON document: ${error.message}.`;
    // A web page is for the guard to hold, as with every other kind.
    if (settings.acceptsBroken !== true && !(error instanceof WebPage))
      throw new AppError("upstream_rejected", `${reason} Nothing was changed. ${ADVICE}`, { cause: error });
    yield [rejectedRow(number + 1, "", "broken_document", reason)];
  }
}

async function* scanItems(
  text: AsyncIterable<string>,
  steps: readonly Step[],
): AsyncGenerator<readonly ScannedItem[]> {
  const scanner = createScanner(steps);
  for await (const piece of text) yield scanner.push(piece);
  yield scanner.end();
}

class WebPage extends BrokenJson {}

async function* untilWebPage(text: AsyncIterable<string>): AsyncGenerator<string> {
  let isBeginning = true;
  for await (const piece of text) {
    if (isBeginning && isWebPage(piece)) throw new WebPage("it is a web page");
    isBeginning &&= piece.trim() === "";
    yield piece;
  }
}

const TOO_LONG =
  "The item is longer than 1 MB. If it is the whole document, name the path to the list inside it.";
const ADVICE =
  "If every line is a document of its own, say so in the feed's settings; else wait for the next run, or ask whoever runs the source.";
