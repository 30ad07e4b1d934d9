import { AppError } from "@/lib/domain/errors";
import type { Limits } from "@/lib/domain/feed/limit-settings";

/**
 * Passes the lines of a collected body on and stops past the feed's limits, with an AppError: a source that never ends must
 * end somewhere.
 */
export async function* withinLimits(
  lines: AsyncIterable<string>,
  { maxRows, maxMegabytes }: Pick<Limits, "maxRows" | "maxMegabytes">,
): AsyncGenerator<string, void, undefined> {
  let rows = 0;
  let characters = 0;
  for await (const line of lines) {
    rows += 1;
    characters += line.length + 1;
    if (rows > maxRows) throw pastLimit(`${maxRows.toLocaleString("en-US")} rows`);
    if (characters > maxMegabytes * MEGABYTE) throw pastLimit(`${String(maxMegabytes)} MB`);
    yield line;
  }
}

const pastLimit = (limit: string): AppError =>
  new AppError(
    "upstream_rejected",
    `The source holds more than ${limit}, which is this feed's limit. Nothing was changed. Narrow its filters, or raise the limit in the feed's settings.`,
  );

const MEGABYTE = 1024 * 1024;
