import type { MispSettings } from "@/lib/domain/feed/misp-settings";
import { uuidOfLine } from "@/lib/feeds/formats/misp/lines";

import { readPages } from "./pages";
import { changeQueries, isAskedFor } from "./query";
import { type Heard, readRows, type Row } from "./read-rows";
import type { Search } from "./search";
import { type createMarks, type ServerState, sinceOf } from "./state";

/** By UUID, the newest state of each attribute that changed. */
type Changes = ReadonlyMap<string, Row>;

type Options = {
  search: Search;
  settings: MispSettings;
  state: ServerState;
  marks: ReturnType<typeof createMarks>;
  heard: Heard;
  now: Date;
  signal: AbortSignal;
  /** Changes are held in memory until they are merged: no more than so many. */
  most?: number;
};

/** What changed since the marks; null when it is so much that reading everything is cheaper. */
export const findChanges = async ({
  search,
  settings,
  state,
  marks,
  heard,
  now,
  signal,
  most = 50_000,
}: Options): Promise<Changes | null> => {
  const { changed, published } = state.marks;
  if (changed === null) return null;
  const changes = new Map<string, Row>();
  const isWanted = isAskedFor(settings, now);
  const queries = changeQueries(settings, {
    changedSince: sinceOf(changed),
    publishedSince: published === null ? null : sinceOf(published),
  });
  for (const query of queries)
    for await (const page of readPages(search, query, { signal })) {
      for (const row of readRows(page, heard)) {
        marks.see(row.attribute);
        changes.set(row.attribute.uuid, isWanted(row.attribute) ? row : { ...row, line: null });
      }
      if (changes.size > most) return null;
    }
  return changes;
};

/**
 * The earlier body with its changes: a changed attribute keeps its place, a revoked one goes, a new one comes at the end, in
 * the order of the server's numbers, which is the order of a full list.
 */
export async function* mergeChanges(
  previous: AsyncIterable<string>,
  changes: Changes,
): AsyncGenerator<string, void, undefined> {
  const rest = new Map(changes);
  for await (const line of previous) {
    const uuid = uuidOfLine(line);
    const change = uuid === null ? undefined : rest.get(uuid);
    if (uuid === null || change === undefined) {
      yield line;
      continue;
    }
    rest.delete(uuid);
    if (change.line !== null) yield change.line;
  }
  const added = [...rest.values()].sort(
    (one, other) => Number(one.attribute.id) - Number(other.attribute.id),
  );
  for (const { line } of added) if (line !== null) yield line;
}
