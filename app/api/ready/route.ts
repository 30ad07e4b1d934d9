import { checkReady } from "@/lib/services/operations/check-ready";

/** Requests can be served: database, migrations and queue are there. 503 with what is missing when not. */
export const GET = async (): Promise<Response> => {
  const readiness = await checkReady();
  return Response.json(readiness, {
    status: readiness.ok ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
};

export const dynamic = "force-dynamic";
