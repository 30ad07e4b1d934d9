import type { Collected, SourceContext } from "@/lib/feeds/source";

import { withinLimits } from "../within-limits";
import { addressesOf } from "./addresses";
import { composeBody } from "./compose-body";
import { MAX_MANIFEST_BYTES, readManifest } from "./manifest";
import { type FeedState, hasAged, planEvents, planSample, readState } from "./plan";

/**
 * Collects a feed of MISP: the manifest, and of its events those that changed; the others are carried forward. Since the
 * manifest names all that stands there, every run is a full one. An event that cannot be had is noted, keeps its earlier
 * version, and is asked for again next time. Throws an AppError when no event can be had at all.
 */
export const collectMispFeed = async (context: SourceContext): Promise<Collected> => {
  const { url, settings, open, now, signal } = context;
  const addresses = addressesOf(url);
  const state = context.previous && readState(context.previous.state, addresses.base);
  const mayStandStill = state !== null && !hasAged(state, { settings: settings.misp, now });
  const answer = await open(addresses.manifest, {
    accept: "application/json",
    maxBytes: MAX_MANIFEST_BYTES,
    etag: mayStandStill ? context.etag : null,
    lastModified: mayStandStill ? context.lastModified : null,
  });
  if (answer.status === 304) {
    answer.discard();
    return { status: "not-modified" };
  }
  const { entries, notes } = await readManifest(answer, signal);
  const plan =
    context.enough === undefined
      ? planEvents(entries, { state, settings: settings.misp, now })
      : planSample(entries);
  const run = composeBody(context, { addresses, state, plan, notes });
  return {
    status: "collected",
    extent: "full",
    lines: withinLimits(run.lines(), settings.limits),
    end: () => ({
      state: { version: 1, base: addresses.base, events: run.events } satisfies FeedState,
      // While an event is missing the manifest must be read again, changed or not.
      etag: run.isWhole() ? answer.etag : null,
      lastModified: run.isWhole() ? answer.lastModified : null,
      notes: run.notes,
    }),
  };
};
