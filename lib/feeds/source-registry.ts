import { AppError } from "@/lib/domain/errors";

import type { FeedSource } from "./source";
import { checkMispFeed } from "./sources/misp-feed/check";
import { collectMispFeed } from "./sources/misp-feed/collect";
import { checkMispServer } from "./sources/misp-server/check";
import { collectMispServer } from "./sources/misp-server/collect";
import { checkTaxii } from "./sources/taxii/check";
import { collectTaxii } from "./sources/taxii/collect";

/** The source for a kind that is asked in several requests. Throws an AppError for a kind that is not. */
export const getSource = (kind: string): FeedSource => {
  const source = SOURCES.get(kind);
  if (source) return source;
  throw new AppError("not_found", `Feeds of the kind “${kind}” have no source to ask.`, {
    context: { kind },
  });
};

const SOURCES: ReadonlyMap<string, FeedSource> = new Map([
  ["misp-feed", { collect: collectMispFeed, check: checkMispFeed }],
  ["misp-server", { collect: collectMispServer, check: checkMispServer }],
  ["taxii", { collect: collectTaxii, check: checkTaxii }],
]);
