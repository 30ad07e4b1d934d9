import "server-only";

import type { FeedSettings } from "@/lib/domain/feed/feed";

import type { Fetched } from "./fetch-feed";
import { readHead } from "./in-pieces";
import { getStoredBody, readStoredList } from "./stored-body";

type Upload = { teamId: string; bodyId: string; settings: FeedSettings };

/** The file of an upload feed, as if a source had just given it: the same guards look at it. */
export const readUpload = async ({ teamId, bodyId, settings }: Upload): Promise<Fetched> => {
  const { sha256, bytes, contentType } = await getStoredBody(teamId, bodyId, new Date());
  const read = () => readStoredList(teamId, bodyId, settings);
  return {
    status: "fetched",
    body: {
      sha256: Buffer.from(sha256),
      bytes: Number(bytes),
      head: await readHead(read()),
      cutShort: null,
      save: () => Promise.resolve(bodyId),
      read,
    },
    isBeginning: false,
    extent: "full",
    sourceState: null,
    httpStatus: null,
    contentType,
    etag: null,
    lastModified: null,
    notes: [],
  };
};
