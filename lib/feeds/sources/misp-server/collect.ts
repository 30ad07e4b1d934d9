import type { Collected, SourceContext, SourceNote } from "@/lib/feeds/source";

import { withinLimits } from "../within-limits";
import { baseOf } from "./address";
import { findChanges, mergeChanges } from "./changes";
import { readPages } from "./pages";
import { fullQuery, sampleQuery } from "./query";
import { type Heard, readRows } from "./read-rows";
import { createReconciler } from "./reconcile";
import { createSearch, type Search } from "./search";
import { createMarks, isFullDue, readState, type ServerState } from "./state";

/**
 * Collects the attributes of a MISP server: all of them at the first run, after a change of filters and once a night (which
 * finds what was deleted or unpublished without a trace), else only those that changed since the last good run. Marks move
 * only when every page has come.
 */
export const collectMispServer = async (context: SourceContext): Promise<Collected> => {
  const { settings, now, previous } = context;
  const base = baseOf(context.url);
  const search = createSearch(base, context);
  const heard: Heard = { unreadable: 0, keyExpiresAt: null };
  const fingerprint = JSON.stringify({ base, query: fullQuery(settings.misp) });
  const state = previous && readState(previous.state, fingerprint);
  if (context.enough !== undefined) return sample(context, search, heard);

  if (previous && state && !isFullDue(state, now)) {
    const marks = createMarks(now, state.marks);
    const changes = await findChanges({ ...context, settings: settings.misp, search, state, marks, heard });
    if (changes) {
      const lines = mergeChanges(previous.lines(), changes);
      return collected(context, "delta", lines, () => ({
        state: { ...state, marks: marks.marks() },
        notes: notesOf(heard, now),
      }));
    }
  }

  const marks = createMarks(now);
  const lines = readAll(context, { search, heard, marks, isKnown: state !== null });
  return collected(context, "full", lines, () => ({
    state: { version: 1, fingerprint, marks: marks.marks(), fullAt: now.toISOString() },
    notes: notesOf(heard, now),
  }));
};

type End = { state: ServerState | null; notes: readonly SourceNote[] };

const collected = (
  { settings }: SourceContext,
  extent: "full" | "delta",
  lines: AsyncIterable<string>,
  end: () => End,
): Collected => ({
  status: "collected",
  extent,
  lines: withinLimits(lines, settings.limits),
  end: () => ({ ...end(), etag: null, lastModified: null }),
});

type All = {
  search: Search;
  heard: Heard;
  marks: ReturnType<typeof createMarks>;
  /** Whether the earlier body was asked for with the same filters. */
  isKnown: boolean;
};

async function* readAll(
  { settings, previous, signal }: SourceContext,
  { search, heard, marks, isKnown }: All,
): AsyncGenerator<string, void, undefined> {
  const reconciler =
    previous && isKnown
      ? createReconciler({ previous: previous.lines(), search, settings: settings.misp, heard })
      : null;
  for await (const page of readPages(search, fullQuery(settings.misp), { signal }))
    for (const { attribute, line } of readRows(page, heard)) {
      marks.see(attribute);
      await reconciler?.see(attribute.id);
      if (line !== null) yield line;
    }
  if (reconciler) yield* reconciler.end();
}

const sample = (context: SourceContext, search: Search, heard: Heard): Collected => {
  const { settings, signal, enough = 0, now } = context;
  const lines = (async function* () {
    let count = 0;
    const query = sampleQuery(settings.misp);
    for await (const page of readPages(search, query, { signal, firstSize: SAMPLE_PAGE })) {
      for (const { line } of readRows(page, heard)) if (line !== null) yield line;
      count += page.attributes.length;
      if (count >= enough) return;
    }
  })();
  return collected(context, "full", lines, () => ({ state: null, notes: notesOf(heard, now) }));
};

const notesOf = ({ unreadable, keyExpiresAt }: Heard, now: Date): readonly SourceNote[] => [
  ...(unreadable > 0
    ? [
        {
          subject: "attributes",
          message: `${String(unreadable)} have no UUID, type or value and were left out.`,
        },
      ]
    : []),
  ...(keyExpiresAt !== null && Date.parse(keyExpiresAt) - now.getTime() < SOON_MS
    ? [
        {
          subject: "auth key",
          message: `The key runs out on ${keyExpiresAt.slice(0, 10)}. Make a new one in MISP and enter it in the feed's settings.`,
        },
      ]
    : []),
];

const SAMPLE_PAGE = 500;
const SOON_MS = 14 * 86_400_000;
