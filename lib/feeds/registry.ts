import { AppError } from "@/lib/domain/errors";

import type { FeedFormat } from "./contract";
import { csvFormat } from "./formats/csv/parse";
import { freetextFormat } from "./formats/freetext/parse";
import { jsonFormat } from "./formats/json/parse";
import { mispFeedFormat, mispServerFormat } from "./formats/misp/parse";
import { stixFormat } from "./formats/stix/parse";

/** The parser for a kind of feed. Throws an AppError for a kind whose bodies are not read line by line. */
export const getFormat = (kind: string): FeedFormat => {
  const format = FORMATS.get(kind);
  if (format) return format;
  throw new AppError("not_found", `No parser reads feeds of the kind “${kind}”.`, { context: { kind } });
};

const FORMATS: ReadonlyMap<string, FeedFormat> = new Map([
  ["csv", csvFormat],
  ["freetext", freetextFormat],
  ["json", jsonFormat],
  ["misp-feed", mispFeedFormat],
  ["misp-server", mispServerFormat],
  ["taxii", stixFormat],
]);
