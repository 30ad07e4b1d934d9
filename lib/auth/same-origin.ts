import "server-only";

import { env } from "@/lib/env/server";

/**
 * Whether a browser sent the request from a page of ours. Wanted of everything that changes something by cookie: a
 * cookie travels with forged requests too, `Origin` and `Sec-Fetch-Site` cannot be forged by a page.
 */
export const isSameOrigin = (headers: Headers): boolean => {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = headers.get("origin");
  if (origin === null) return site === "same-origin";
  if (!URL.canParse(origin)) return false;
  // The host that the browser asked for is ours even where APP_URL names another one (127.0.0.1 for localhost).
  return origin === new URL(env().APP_URL).origin || new URL(origin).host === headers.get("host");
};
