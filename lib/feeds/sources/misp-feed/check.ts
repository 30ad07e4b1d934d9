import type { FeedSource } from "@/lib/feeds/source";

import { checkStep } from "../check-step";
import { addressesOf } from "./addresses";
import { fetchEvent } from "./fetch-event";
import { MAX_MANIFEST_BYTES, readManifest } from "./manifest";

/** Reads the manifest of a MISP feed and its newest event, and says step by step what came of it. */
export const checkMispFeed: FeedSource["check"] = async ({ url, open, signal }) => {
  const addresses = addressesOf(url);
  const manifest = await checkStep("Manifest", MANIFEST_FIX, async () => {
    const answer = await open(addresses.manifest, {
      accept: "application/json",
      maxBytes: MAX_MANIFEST_BYTES,
    });
    const { entries } = await readManifest(answer, signal);
    return {
      value: entries,
      detail: `${addresses.shownManifest} names ${String(entries.length)} events.`,
    };
  });
  if (!manifest.value) return [manifest.check];
  const newest = manifest.value.reduce(
    (best: (typeof manifest.value)[number] | null, entry) =>
      best === null || (entry.timestamp ?? 0) > (best.timestamp ?? 0) ? entry : best,
    null,
  );
  if (newest === null)
    return [
      { ...manifest.check, ok: false, fix: "A feed without events brings nothing. Ask its publisher." },
    ];
  const event = await checkStep("Newest event", EVENT_FIX, async () => {
    const read = await fetchEvent(addresses.event(newest.uuid), newest, { open, signal });
    return {
      value: read,
      detail: `“${newest.info}” holds ${String(read.attributes)} attributes. ${read.flaw}`.trim(),
    };
  });
  return [manifest.check, event.check];
};

const MANIFEST_FIX =
  "Give the folder of the feed, or the address of its manifest.json. Open that address in a browser: it must show a list of events.";
const EVENT_FIX =
  "The manifest names an event that cannot be read. The others may still come; tell the publisher if it stays so.";
