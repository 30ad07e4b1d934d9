import { isDeepStrictEqual } from "node:util";

import { SETTINGS_FIELDS, type FeedCreate, type FeedPatch } from "@/lib/domain/feed/feed";
import { diffJson } from "@/lib/domain/merge-json";

/** A saved feed as far as a form can change it; of its secrets only what may be shown. */
type Saved = Omit<FeedCreate, "team" | "kind" | "url" | "headers" | "auth"> & {
  url: string | null;
  headerNames: readonly string[];
  authType: string;
};

/**
 * What a form changes of a saved feed, and nothing else: the audit names these fields, and a list is read anew only
 * when how it is read has changed. Secrets that were entered always count as a change.
 */
export const toFeedPatch = (saved: Saved, form: FeedCreate, keepsSecrets: boolean): FeedPatch => {
  const { headers, auth } = form;
  const before: Record<string, unknown> = saved;
  const changed = Object.entries(form)
    .filter(([name, value]) => !FIXED_OR_SEALED.has(name) && !isDeepStrictEqual(before[name], value))
    .map(([name, value]) => [name, toChange(name, before[name], value)] as const);
  const hadNone = saved.authType === "none" && saved.headerNames.length === 0;
  const hasNone = auth.type === "none" && Object.keys(headers).length === 0;
  const secrets = keepsSecrets || (hadNone && hasNone) ? {} : { headers, auth };
  return { ...Object.fromEntries(changed), ...secrets };
};

// A form says all of an object, also what it empties; a patch only what changes of it.
const toChange = (name: string, before: unknown, value: unknown): unknown =>
  MERGED.has(name) && isObject(before) && isObject(value) ? diffJson(before, value) : value;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const MERGED: ReadonlySet<string> = new Set(SETTINGS_FIELDS);

// Team and kind stay; secrets cannot be compared, since they never come out.
const FIXED_OR_SEALED: ReadonlySet<string> = new Set(["team", "kind", "headers", "auth"]);
