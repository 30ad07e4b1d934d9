import { createHash, timingSafeEqual } from "node:crypto";

import { env } from "@/lib/env/server";
import { collectMetrics } from "@/lib/services/operations/collect-metrics";

/**
 * What Prometheus scrapes. With METRICS_TOKEN it is sent as a bearer token. Without one, production answers as if there were
 * nothing here (the figures tell how busy an installation is), and a local start answers everybody.
 */
export const GET = async (request: Request): Promise<Response> => {
  const { METRICS_TOKEN, SLUICE_ENV } = env();
  if (METRICS_TOKEN === undefined && SLUICE_ENV === "production")
    return new Response("Set METRICS_TOKEN to serve metrics.\n", { status: 404 });
  if (METRICS_TOKEN !== undefined && !isToken(request, METRICS_TOKEN)) {
    return new Response("Send METRICS_TOKEN as a bearer token.\n", {
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="metrics"' },
    });
  }
  const { text, contentType } = await collectMetrics();
  return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
};

export const dynamic = "force-dynamic";

// Compared as hashes: of one length, and in a time that tells nothing.
const isToken = (request: Request, token: string): boolean =>
  timingSafeEqual(digest(request.headers.get("authorization") ?? ""), digest(`Bearer ${token}`));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
