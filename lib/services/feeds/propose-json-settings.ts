import "server-only";

import type { FeedSettings } from "@/lib/domain/feed/feed";
import { detectJson, type JsonDescription } from "@/lib/feeds/formats/json/detect";
import { decodeSample } from "@/lib/feeds/text/decode";

import { inPieces } from "./in-pieces";
import { readStoredList } from "./stored-body";

/** Looks at the beginning of a body that a preview has kept. Null for what is no JSON, or has no text in it. */
export const proposeJsonSettings = async (
  teamId: string,
  previewId: string,
  settings: Pick<FeedSettings, "zipEntry" | "limits">,
): Promise<JsonDescription | null> => {
  for await (const head of inPieces(readStoredList(teamId, previewId, settings), HEAD_BYTES)) {
    const proposal = detectJson(decodeSample(head, "auto"));
    return proposal && proposal.found.length > 0 ? proposal : null;
  }
  return null;
};

/** Items of vendors' APIs are larger than rows; some of them must come whole. */
const HEAD_BYTES = 262_144;
