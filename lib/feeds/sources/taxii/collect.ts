import type { Collected, SourceContext, SourceNote } from "@/lib/feeds/source";

import { withinLimits } from "../within-limits";
import { createAsk } from "./ask";
import { composeBody } from "./compose-body";
import { createGatherer, type Gathered } from "./gather";
import { locateCollection } from "./locate";
import { readPages } from "./pages";
import { fingerprintOf, readState, sinceOf, type TaxiiState } from "./state";

/**
 * Collects the indicators of a TAXII 2.1 collection: all of them at the first run, after a change of collection and once a
 * day (which finds what was deleted without a trace), else only what was added since the last good run. The mark moves
 * only when every page has come.
 */
export const collectTaxii = async (context: SourceContext): Promise<Collected> => {
  const { url, settings, previous, spool, enough, now, signal } = context;
  const ask = createAsk(context);
  const { objects } = await locateCollection({ address: url, wanted: settings.taxii.collection, ask });
  const fingerprint = fingerprintOf(objects);
  const state = previous && enough === undefined ? readState(previous.state, fingerprint) : null;
  const since = state && sinceOf(state, now);

  const { lines, gathered } = createGatherer();
  const pages = readPages({ objects, ask, since, signal });
  // Only when all pages are read is it known which version of an object is the newest.
  const readAside = await spool(withinLimits(lines(pages, enough), settings.limits));
  const answer = since === null ? null : { since, digest: gathered.digest() };
  if (answer && state?.answer?.since === answer.since && state.answer.digest === answer.digest)
    return { status: "not-modified" };

  const earlier = since === null ? null : (previous?.lines() ?? null);
  const body = composeBody({ previous: earlier, gathered, aside: readAside() });
  const next: TaxiiState = {
    version: 1,
    fingerprint,
    addedLast: gathered.addedLast() ?? (since === null ? null : (state?.addedLast ?? null)),
    fullAt: since === null ? now.toISOString() : (state?.fullAt ?? now.toISOString()),
    answer,
  };
  return {
    status: "collected",
    extent: since === null ? "full" : "delta",
    lines: withinLimits(body, settings.limits),
    end: () => ({ state: next, etag: null, lastModified: null, notes: notesOf(gathered, next) }),
  };
};

const notesOf = ({ notes, newest }: Gathered, { addedLast }: TaxiiState): readonly SourceNote[] =>
  addedLast !== null || newest.size() === 0
    ? notes
    : [
        {
          subject: "collection",
          message:
            "The server does not say when objects were added (X-TAXII-Date-Added-Last), so every run reads all of them.",
        },
        ...notes,
      ];
