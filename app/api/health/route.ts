/** The process lives. Says nothing of what it depends on: restarting it would not help those. */
export const GET = (): Response =>
  Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });

export const dynamic = "force-dynamic";
