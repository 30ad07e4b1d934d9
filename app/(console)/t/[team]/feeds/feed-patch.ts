import { isDeepStrictEqual } from "node:util";

import type { FeedCreate, FeedPatch } from "@/lib/domain/feed/feed";

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
  const changed = Object.entries(form).filter(
    ([name, value]) => !FIXED_OR_SEALED.has(name) && !isDeepStrictEqual(before[name], value),
  );
  const hadNone = saved.authType === "none" && saved.headerNames.length === 0;
  const hasNone = auth.type === "none" && Object.keys(headers).length === 0;
  const secrets = keepsSecrets || (hadNone && hasNone) ? {} : { headers, auth };
  return { ...Object.fromEntries(changed), ...secrets };
};

// Team and kind stay; secrets cannot be compared, since they never come out.
const FIXED_OR_SEALED: ReadonlySet<string> = new Set(["team", "kind", "headers", "auth"]);
