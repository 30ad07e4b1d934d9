import { z } from "zod";

import type { MispSettings } from "@/lib/domain/feed/misp-settings";
import { compileRules } from "@/lib/feeds/formats/misp/filters";

import type { ManifestEntry } from "./manifest";

/** What a run leaves for the next: which version of each event its body holds. */
export type FeedState = {
  version: 1;
  base: string;
  /** The manifest's time of each event, null where it gives none. */
  events: Record<string, number | null>;
};

export type PlannedEvent = { entry: ManifestEntry } & (
  | { action: "fetch" }
  /** It has not changed: its lines are carried forward. */
  | { action: "keep" }
  /** The filters leave the whole event out, by what the manifest says. */
  | { action: "leave-out"; code: "too_old" | "filtered_org" }
);

/** The state that an earlier run of this very feed left; null for any other. */
export const readState = (state: unknown, base: string): FeedState | null => {
  const { data } = stateSchema.safeParse(state);
  return data?.base === base ? data : null;
};

/**
 * What is to be done for each event. Age and creator are judged by the manifest, as they are later by the event's own line:
 * that saves requests and changes no result. Tags are not, since those of an attribute may let it in.
 */
export const planEvents = (
  entries: readonly ManifestEntry[],
  { state, settings, now }: { state: FeedState | null; settings: MispSettings; now: Date },
): readonly PlannedEvent[] => {
  const rules = compileRules(settings, { now, takesDrafts: true });
  return entries.map((entry) => {
    // Where the manifest names no creator the event may.
    const exclusion = entry.org || settings.orgs.allow.length === 0 ? rules.ofEvent(entry) : null;
    if (exclusion?.code === "too_old" || exclusion?.code === "filtered_org")
      return { entry, action: "leave-out", code: exclusion.code };
    const known = state?.events[entry.uuid];
    return { entry, action: known && known === entry.timestamp ? "keep" : "fetch" };
  });
};

/** The newest events first, whatever the filters say: enough for a preview, which tells what the filters leave out. */
export const planSample = (entries: readonly ManifestEntry[]): readonly PlannedEvent[] =>
  [...entries]
    .sort((one, other) => (other.timestamp ?? 0) - (one.timestamp ?? 0))
    .map((entry) => ({ entry, action: "fetch" }));

/** Whether an event has grown too old since it was fetched: then the manifest must be read though it has not changed. */
export const hasAged = (
  state: FeedState,
  { settings, now }: { settings: MispSettings; now: Date },
): boolean => {
  const rules = compileRules({ ...settings, orgs: { allow: [], block: [] } }, { now, takesDrafts: true });
  return Object.values(state.events).some((timestamp) => rules.ofEvent({ timestamp, org: null }) !== null);
};

const stateSchema = z.object({
  version: z.literal(1),
  base: z.string(),
  events: z.record(z.string(), z.number().nullable()),
});
